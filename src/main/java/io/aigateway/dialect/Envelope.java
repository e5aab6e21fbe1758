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
 * @param latencyMillis milliseconds since the request came in, asked when the answer is written
 */
public record Envelope(
    String requestId,
    String provider,
    String model,
    long created,
    boolean streamUsage,
    int choices,
    LongSupplier latencyMillis) {}
