package io.aigateway.call;

import java.time.Duration;

/**
 * How often and when is a provider asked again that could not serve? Waits grow twofold, each is
 * drawn between nothing and its full length, so that callers who failed together don't return
 * together.
 *
 * @param times how often at most, 0 = never
 * @param first the longest first wait
 * @param longest no wait of its own is longer; a provider's Retry-After may be
 * @param within from the beginning of the request: nothing is asked again later
 */
public record Retries(int times, Duration first, Duration longest, Duration within) {
  /** Never. */
  public static final Retries NONE =
      new Retries(0, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofMillis(1));

  public Retries {
    if (times < 0 || times > 10) {
      throw new IllegalArgumentException("retries is " + times + "; accepted: 0 to 10");
    }
    positive("retryBackoff", first);
    positive("retryMaxBackoff", longest);
    positive("retryWithin", within);
  }

  private static void positive(String name, Duration value) {
    if (value.toMillis() < 1) {
      throw new IllegalArgumentException(
          name + " is " + value.toMillis() + " ms; accepted: 1ms or more");
    }
  }

  /**
   * How long to wait before asking again for the {@code n}th time, 1 for the first.
   *
   * @param random from 0 to 1
   */
  public Duration backoff(int n, double random) {
    double full = Math.min((double) longest.toNanos(), first.toNanos() * Math.pow(2, n - 1));
    return Duration.ofNanos((long) (full * random));
  }
}
