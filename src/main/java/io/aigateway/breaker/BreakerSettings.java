package io.aigateway.breaker;

import java.time.Duration;

/**
 * When does a breaker open, and when does it close?
 *
 * @param consecutiveFailures opens after so many failures in a row with no success for {@link
 *     #QUIET}
 * @param failureRate opens when so many percent of the window's calls failed
 * @param minimumCalls the rate counts from so many calls on
 * @param window how far back calls count, whole seconds
 * @param open how long it stays open before a probe
 * @param closeAfter successes of probes that close it
 */
public record BreakerSettings(
    int consecutiveFailures,
    float failureRate,
    int minimumCalls,
    Duration window,
    Duration open,
    int closeAfter) {

  /** Failures in a row open only when there was no success for so long. */
  public static final Duration QUIET = Duration.ofMillis(500);

  public BreakerSettings {
    atLeastOne("consecutiveFailures", consecutiveFailures);
    atLeastOne("minimumNumberOfCalls", minimumCalls);
    atLeastOne("permittedNumberOfCallsInHalfOpenState", closeAfter);
    atLeastOne("slidingWindowSize", window.toSeconds());
    atLeastOne("waitDurationInOpenState", open.toSeconds());
    if (!(failureRate > 0 && failureRate <= 100)) {
      throw new IllegalArgumentException(
          "failureRateThreshold is " + failureRate + "; accepted: more than 0, at most 100");
    }
    if (window.toSeconds() > 3600) {
      throw new IllegalArgumentException(
          "slidingWindowSize is " + window.toSeconds() + "; accepted: 1 to 3600 seconds");
    }
  }

  private static void atLeastOne(String name, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + " is " + value + "; accepted: 1 or more");
    }
  }
}
