package io.aigateway.breaker;

import org.jspecify.annotations.Nullable;

/**
 * How have this replica's own calls gone, and is that enough to open? Guarded by the lock of its
 * breaker. Times are of the monotonic clock, in nanoseconds.
 */
final class Outcomes {
  private OutcomeWindow window;
  private int failuresInARow;
  private boolean succeededEver;
  private long lastSuccessNanos;

  Outcomes(BreakerSettings settings) {
    window = window(settings);
  }

  private static OutcomeWindow window(BreakerSettings settings) {
    return new OutcomeWindow((int) settings.window().toSeconds());
  }

  /** A window of another length begins empty. */
  void resize(BreakerSettings settings) {
    window = window(settings);
  }

  void clear() {
    failuresInARow = 0;
    window.clear();
  }

  void success(boolean probe, long now) {
    failuresInARow = 0;
    succeededEver = true;
    lastSuccessNanos = now;
    if (!probe) {
      window.add(false, now);
    }
  }

  void failure(long now) {
    window.add(true, now);
    failuresInARow++;
  }

  int calls(long now) {
    return window.calls(now);
  }

  int failures(long now) {
    return window.failures(now);
  }

  /**
   * Why the breaker should open now, or null.
   *
   * @param last the kind of the last failure
   */
  @Nullable String verdict(BreakerSettings settings, String last, long now) {
    int calls = calls(now);
    int failures = failures(now);
    boolean quiet = !succeededEver || now - lastSuccessNanos >= BreakerSettings.QUIET.toNanos();
    boolean row = failuresInARow >= settings.consecutiveFailures() && quiet;
    boolean rate =
        calls >= settings.minimumCalls() && failures * 100f >= settings.failureRate() * calls;
    if (!row && !rate) {
      return null;
    }
    String share =
        failures
            + " of "
            + calls
            + " calls failed ("
            + failures * 100L / Math.max(1, calls)
            + " %), the last: "
            + last;
    return row ? failuresInARow + " failures in a row, " + share : share;
  }
}
