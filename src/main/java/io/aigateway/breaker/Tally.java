package io.aigateway.breaker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What has this replica counted since its last report? Guarded by its breaker's lock. */
final class Tally {
  /**
   * A success after a pause of so many report times is reported at once: else it could hide behind
   * the next regular report, and failures of others would look as if nobody had succeeded.
   */
  private static final double PAUSE = 1.25;

  private int calls;
  private int failures;
  private int tail;
  private long tailNanos;
  private boolean ok;
  private long okNanos;
  private long reportedOkNanos;
  private boolean okEver;
  private boolean pauseEnded;
  private long retryAfterMillis;
  private @Nullable String fatal;
  private String lastFailure = "";

  /**
   * @param pace the usual time between two reports
   */
  void success(long now, long pace) {
    calls++;
    tail = 0;
    ok = true;
    okNanos = now;
    if (!okEver || now - reportedOkNanos >= (long) (pace * PAUSE)) {
      pauseEnded = true;
    }
  }

  void failure(long now, String why, Duration retryAfter) {
    calls++;
    failures++;
    if (tail++ == 0) {
      tailNanos = now;
    }
    lastFailure = why;
    retryAfter(retryAfter);
  }

  void fatal(String why) {
    fatal = why;
  }

  void retryAfter(Duration asked) {
    retryAfterMillis = Math.max(retryAfterMillis, asked.toMillis());
  }

  boolean isEmpty() {
    return calls == 0 && retryAfterMillis == 0 && fatal == null;
  }

  int calls() {
    return calls;
  }

  int failures() {
    return failures;
  }

  /** Whether it should not wait for the next regular report. */
  boolean isUrgent() {
    return pauseEnded || fatal != null;
  }

  Batch take(long now, boolean again) {
    Batch batch =
        new Batch(
            calls,
            failures,
            ok ? millis(now - okNanos) : -1,
            tail,
            tail > 0 ? millis(now - tailNanos) : 0,
            retryAfterMillis,
            fatal,
            lastFailure,
            again);
    if (ok) {
      okEver = true;
      reportedOkNanos = okNanos;
    }
    clear();
    return batch;
  }

  void clear() {
    calls = 0;
    failures = 0;
    tail = 0;
    ok = false;
    pauseEnded = false;
    retryAfterMillis = 0;
    fatal = null;
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }
}
