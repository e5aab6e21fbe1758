package io.aigateway.auth;

import java.util.concurrent.TimeUnit;

/** May another unknown key be looked up now? At most so many in any second. For all threads. */
final class LookUpRate {
  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final long[] taken;
  private int oldest;
  private int count;

  LookUpRate(int perSecond) {
    this.taken = new long[perSecond];
  }

  synchronized boolean take(long nowNanos) {
    if (count == taken.length) {
      if (nowNanos - taken[oldest] < SECOND) {
        return false;
      }
    } else {
      count++;
    }
    taken[oldest] = nowNanos;
    oldest = (oldest + 1) % taken.length;
    return true;
  }
}
