package io.aigateway.breaker;

import io.aigateway.breaker.BreakerStore.ProbeVerb;
import io.aigateway.breaker.BreakerStore.Status;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which lease for a probe does this replica hold, and when does it ask for one? A lease is fetched
 * ahead, since a call can't wait for it. Guarded by the lock of its breaker. Times are of the
 * monotonic clock, in nanoseconds.
 */
final class Probes {
  /** Calls that were refused so lately would make a probe. */
  private static final long DEMAND_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** A replica that was called within this time holds a lease for a call to come. */
  private static final long INTEREST_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long PROBE_PACE_NANOS = TimeUnit.MILLISECONDS.toNanos(300);
  private static final long IDLE_PACE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private @Nullable Lease lease;
  private int out;
  private boolean asked;
  private long askedNanos;
  private boolean refused;
  private long refusedNanos;
  private long acquireNanos;

  Probes(long now) {
    acquireNanos = now;
  }

  /** Somebody asked to make a call. */
  void asked(long now) {
    asked = true;
    askedNanos = now;
  }

  /** A call was not let through. */
  void refused(long now) {
    refused = true;
    refusedNanos = now;
  }

  /** A probe begins. */
  void began() {
    out++;
  }

  /** A probe has come back, whatever became of the breaker meanwhile. */
  void cameBack() {
    out--;
  }

  @Nullable Lease lease() {
    return lease;
  }

  /** The lease is used up, or another's. */
  void drop() {
    lease = null;
  }

  /** Another state has begun: what was asked before is of no account. */
  void begin(long now) {
    lease = null;
    acquireNanos = now;
  }

  /** A lease is free; true when it is worth asking for it at once. */
  boolean offered(long now) {
    if (refused) {
      acquireNanos = now;
    }
    return refused;
  }

  /**
   * What is to be asked while half-open, or null.
   *
   * @param sinceNanos when the breaker became half-open
   * @param random 0 to 1, so that replicas don't ask all at once
   */
  @Nullable ProbeVerb verb(long sinceNanos, long now, double random) {
    Lease mine = lease;
    boolean demand = refused && now - refusedNanos < DEMAND_NANOS;
    boolean interest = asked && now - askedNanos < INTEREST_NANOS;
    if (mine != null) {
      if (!mine.isInUse() && mine.isExpired(now)) {
        lease = null;
      } else if (mine.isToYield(now) || !mine.isInUse() && !interest) {
        lease = null;
        refused = false;
        acquireNanos = now + IDLE_PACE_NANOS / 2;
        return new ProbeVerb.GiveBack(mine.number());
      } else {
        return mine.isToRenew(now) ? new ProbeVerb.Renew(mine.number()) : null;
      }
    }
    if (out > 0 || now - acquireNanos < 0) {
      return null;
    }
    if (demand) {
      acquireNanos = now + PROBE_PACE_NANOS + (long) (random * PROBE_PACE_NANOS);
      return new ProbeVerb.Acquire(true);
    }
    // calls that come without a lease are refused: hold one for them, if nobody needs it more
    if (interest && now - sinceNanos >= IDLE_PACE_NANOS / 2) {
      acquireNanos = now + IDLE_PACE_NANOS + (long) (random * IDLE_PACE_NANOS);
      return new ProbeVerb.Acquire(false);
    }
    return null;
  }

  /**
   * The store has answered.
   *
   * @param halfOpen whether a lease that was granted can still be used
   */
  void answered(
      ProbeVerb verb, Status status, ClusterView view, boolean halfOpen, long sentNanos, long now) {
    Lease mine = lease;
    if (verb instanceof ProbeVerb.Renew renew) {
      if (mine != null && mine.number() == renew.lease()) {
        if (status == Status.GRANTED) {
          mine.extend(sentNanos);
        } else if (mine.isInUse()) {
          mine.lose();
        } else {
          lease = null;
        }
      }
    } else if (status == Status.GRANTED && halfOpen) {
      lease = new Lease(view.lease(), sentNanos, now);
    }
  }
}
