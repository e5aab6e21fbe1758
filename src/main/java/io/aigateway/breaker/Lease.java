package io.aigateway.breaker;

import java.util.concurrent.TimeUnit;

/** The right to the one probe of the whole cluster, for a while. Guarded by its breaker's lock. */
final class Lease {
  /** How long it is given for; a replica that is killed holds up the others for no longer. */
  static final long LENGTH_MILLIS = 3000;

  private static final long RENEW_NANOS = TimeUnit.MILLISECONDS.toNanos(LENGTH_MILLIS / 3);

  /** Unused for so long, it goes to a replica where calls wait. */
  private static final long YIELD_NANOS = TimeUnit.MILLISECONDS.toNanos(1500);

  private final long number;
  private long expiresNanos;
  private long renewNanos;
  private long unusedSinceNanos;
  private boolean inUse;
  private boolean wanted;
  private boolean lost;

  Lease(long number, long sentNanos, long now) {
    this.number = number;
    this.unusedSinceNanos = now;
    extend(sentNanos);
  }

  /** From when it was asked for: the store began to count later. */
  void extend(long sentNanos) {
    expiresNanos = sentNanos + TimeUnit.MILLISECONDS.toNanos(LENGTH_MILLIS);
    renewNanos = sentNanos + RENEW_NANOS;
  }

  long number() {
    return number;
  }

  boolean isFree(long now) {
    return !inUse && now - expiresNanos < 0;
  }

  boolean isInUse() {
    return inUse;
  }

  boolean isExpired(long now) {
    return now - expiresNanos >= 0;
  }

  boolean isToRenew(long now) {
    return !lost && now - renewNanos >= 0;
  }

  /** Others wait for it, and it is of no use here. */
  boolean isToYield(long now) {
    return wanted && !inUse && now - unusedSinceNanos >= YIELD_NANOS;
  }

  void use() {
    inUse = true;
  }

  void release(long now) {
    inUse = false;
    unusedSinceNanos = now;
  }

  /** Another has it; the probe under way is none any more. */
  void lose() {
    lost = true;
  }

  void wanted(boolean byOthers) {
    wanted = byOthers;
  }
}
