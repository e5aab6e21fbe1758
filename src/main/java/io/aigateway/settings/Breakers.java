package io.aigateway.settings;

import java.time.Duration;

/**
 * When does a breaker open and close, unless its provider's YAML says otherwise?
 *
 * @param consecutiveFailures {@code BREAKER_CONSECUTIVE_FAILURES}
 * @param failureRate {@code BREAKER_FAILURE_RATE}, percent, 1 to 100
 * @param minimumCalls {@code BREAKER_MINIMUM_CALLS}
 * @param window {@code BREAKER_WINDOW}
 * @param open {@code BREAKER_OPEN}
 * @param closeAfter {@code BREAKER_CLOSE_AFTER}, successful probes
 */
public record Breakers(
    int consecutiveFailures,
    int failureRate,
    int minimumCalls,
    Duration window,
    Duration open,
    int closeAfter) {
  public Breakers {
    new Check()
        .range(Variable.BREAKER_CONSECUTIVE_FAILURES, consecutiveFailures)
        .range(Variable.BREAKER_FAILURE_RATE, failureRate)
        .range(Variable.BREAKER_MINIMUM_CALLS, minimumCalls)
        .range(Variable.BREAKER_WINDOW, window)
        .range(Variable.BREAKER_OPEN, open)
        .range(Variable.BREAKER_CLOSE_AFTER, closeAfter)
        .orThrow();
  }
}
