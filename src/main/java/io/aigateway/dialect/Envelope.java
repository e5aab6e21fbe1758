package io.aigateway.dialect;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What the gateway adds to an answer.
 *
 * @param provider who answered
 * @param model the model name that was sent to it
 * @param created seconds since 1970, for dialects whose answers carry a time that the provider's
 *     lack
 * @param streamUsage whether the caller asked to see usage at the end of a stream
 * @param choices how many answers the caller wanted
 * @param request gives the caller's body, a chat's without its long pictures and files, to dialects
 *     whose answers depend on what was asked
 * @param latencyMillis milliseconds since the request came in, asked when the answer is written
 */
public record Envelope(
    String requestId,
    String provider,
    String model,
    long created,
    boolean streamUsage,
    int choices,
    Supplier<byte[]> request,
    LongSupplier latencyMillis) {
  private static final byte[] NOTHING = {};

  /** For dialects whose answers don't depend on the request. */
  public Envelope(
      String requestId,
      String provider,
      String model,
      long created,
      boolean streamUsage,
      int choices,
      LongSupplier latencyMillis) {
    this(requestId, provider, model, created, streamUsage, choices, () -> NOTHING, latencyMillis);
  }
}
