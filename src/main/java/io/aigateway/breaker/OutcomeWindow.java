package io.aigateway.breaker;

import java.util.Arrays;

/**
 * How many calls of the last seconds failed? One bucket a second; guarded by its breaker's lock.
 */
final class OutcomeWindow {
  private static final long NANOS = 1_000_000_000L;

  private final int[] calls;
  private final int[] failures;
  private long second = Long.MIN_VALUE;
  private int allCalls;
  private int allFailures;

  OutcomeWindow(int seconds) {
    calls = new int[seconds];
    failures = new int[seconds];
  }

  void add(boolean failure, long nowNanos) {
    int slot = advance(nowNanos);
    calls[slot]++;
    allCalls++;
    if (failure) {
      failures[slot]++;
      allFailures++;
    }
  }

  int calls(long nowNanos) {
    advance(nowNanos);
    return allCalls;
  }

  int failures(long nowNanos) {
    advance(nowNanos);
    return allFailures;
  }

  void clear() {
    Arrays.fill(calls, 0);
    Arrays.fill(failures, 0);
    allCalls = 0;
    allFailures = 0;
  }

  /** Empties the buckets that have become too old; gives the present one. */
  private int advance(long nowNanos) {
    long now = Math.floorDiv(nowNanos, NANOS);
    if (second == Long.MIN_VALUE || now - second >= calls.length) {
      clear();
      second = now;
    }
    while (second < now) {
      second++;
      int slot = (int) Math.floorMod(second, (long) calls.length);
      allCalls -= calls[slot];
      allFailures -= failures[slot];
      calls[slot] = 0;
      failures[slot] = 0;
    }
    return (int) Math.floorMod(second, (long) calls.length);
  }
}
