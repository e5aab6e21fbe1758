package io.aigateway.dialect;

import java.util.function.LongSupplier;

/**
 * What the gateway adds to an answer.
 *
 * @param provider who answered
 * @param model the model name that was sent to it
 * @param created seconds since 1970, for dialects whose answers carry a time that the provider's
 *     lack
 * @param streamUsage whether the caller asked to see usage at the end of a stream
 * @param choices how many answers the caller wanted
 * @param request the caller's body, for dialects whose answers repeat what was asked
 * @param latencyMillis milliseconds since the request came in, asked when the answer is written
 */
@SuppressWarnings("ArrayRecordComponent")
public record Envelope(
    String requestId,
    String provider,
    String model,
    long created,
    boolean streamUsage,
    int choices,
    byte[] request,
    LongSupplier latencyMillis) {

  /** For dialects whose answers don't depend on the request. */
  public Envelope(
      String requestId,
      String provider,
      String model,
      long created,
      boolean streamUsage,
      int choices,
      LongSupplier latencyMillis) {
    this(requestId, provider, model, created, streamUsage, choices, new byte[0], latencyMillis);
  }
}
