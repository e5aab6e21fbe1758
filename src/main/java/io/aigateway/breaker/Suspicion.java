package io.aigateway.breaker;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Has this replica seen enough to open, and waits for what the others think? Until they have
 * answered it lets no call through. Guarded by the lock of its breaker. Times are of the monotonic
 * clock, in nanoseconds.
 */
final class Suspicion {
  private static final long ASK_AGAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private boolean held;
  private boolean reported;
  private String why = "";
  private Duration retryAfter = Duration.ZERO;
  private long askAgainNanos;
  private boolean recheck;
  private long recheckNanos;

  Suspicion(long now) {
    askAgainNanos = now;
  }

  /** Whether no call may go through for now. */
  boolean isHeld() {
    return held;
  }

  String why() {
    return why;
  }

  Duration retryAfter() {
    return retryAfter;
  }

  /** Begins to wait, unless the others have only just been asked; true when it did. */
  boolean raise(String reason, Duration atLeast, long now) {
    if (held || now - askAgainNanos < 0) {
      return false;
    }
    held = true;
    reported = false;
    why = reason;
    retryAfter = atLeast;
    return true;
  }

  /** The next reason counts at once, however lately the others were asked. */
  void askAtOnce(long now) {
    askAgainNanos = now;
  }

  /** Another state has begun. */
  void clear() {
    held = false;
    recheck = false;
  }

  /** The others are being told. */
  void told() {
    reported = held;
  }

  /** The others have answered what they were told. */
  void answered(long now) {
    if (held && reported) {
      held = false;
      askAgainNanos = now + ASK_AGAIN_NANOS;
    }
  }

  /** The others can only say later whether it is quiet enough to open. */
  void pending(long now) {
    if (!recheck) {
      recheck = true;
      recheckNanos = now + BreakerSettings.QUIET.toNanos();
    }
  }

  /** Whether the others are to be asked again; true once for each {@link #pending}. */
  boolean takeRecheck(long now) {
    if (!recheck || now - recheckNanos < 0) {
      return false;
    }
    recheck = false;
    return true;
  }
}
