package io.aigateway.limit;

import io.aigateway.call.Caller;
import io.aigateway.limit.Decision.RefusedBy;
import io.aigateway.tenant.Quota;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** The limits in this process: what the script does in Redis, in memory. For all threads. */
final class LocalLimits {
  static final long WINDOW_NANOS = TimeUnit.SECONDS.toNanos(60);

  /** When a slot gets free, nobody knows. */
  private static final long SLOT_WAIT_MILLIS = 1000;

  /** What one tenant, or one key, has used. Under the lock of its tenant. */
  private static final class Used {
    private final Window window = new Window(WINDOW_NANOS);
    private int underWay;

    boolean isIdle(long now) {
      return underWay == 0 && window.used(now) == 0;
    }
  }

  /** A tenant and its keys. */
  private static final class Gate {
    private final Used tenant = new Used();
    private final Map<String, Used> keys = new HashMap<>(2);
    private boolean gone;
  }

  private final Map<String, Gate> gates = new ConcurrentHashMap<>();
  private final LongSupplier nanoClock;

  LocalLimits(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /**
   * Charges a request to its caller, if all limits allow it.
   *
   * @param replicas among how many the limits are shared out
   */
  Decision acquire(Caller caller, int replicas) {
    while (true) {
      Gate gate = gates.computeIfAbsent(caller.tenant(), id -> new Gate());
      synchronized (gate) {
        if (!gate.gone) {
          return acquire(gate, caller, replicas);
        }
      }
    }
  }

  private Decision acquire(Gate gate, Caller caller, int replicas) {
    long now = nanoClock.getAsLong();
    Used tenant = gate.tenant;
    Used key =
        caller.keyQuota().isNone()
            ? null
            : gate.keys.computeIfAbsent(caller.keyId(), id -> new Used());
    Quota tenantQuota = caller.tenantQuota();
    Quota keyQuota = caller.keyQuota();
    int tenantRate = share(tenantQuota.requestsPerMinute(), replicas);
    int keyRate = share(keyQuota.requestsPerMinute(), replicas);
    Tally tally = new Tally();
    tally.look(RefusedBy.TENANT_RATE, tenant, tenantRate, now);
    tally.look(RefusedBy.KEY_RATE, key, keyRate, now);
    if (tally.refusedBy == RefusedBy.NOTHING) {
      int tenantSlots = share(tenantQuota.concurrency(), replicas);
      int keySlots = share(keyQuota.concurrency(), replicas);
      if (tenantSlots >= 0 && tenant.underWay >= tenantSlots) {
        tally.refuse(RefusedBy.TENANT_CONCURRENCY);
      } else if (key != null && keySlots >= 0 && key.underWay >= keySlots) {
        tally.refuse(RefusedBy.KEY_CONCURRENCY);
      }
    }
    if (tally.refusedBy != RefusedBy.NOTHING) {
      return tally.decision(Decision.NOTHING_HELD);
    }
    if (tenantRate >= 0) {
      tenant.window.add(now);
    }
    if (key != null && keyRate >= 0) {
      key.window.add(now);
    }
    tally.remaining = Math.max(0, tally.remaining - 1);
    boolean holds = tenantQuota.concurrency() != null || keyQuota.concurrency() != null;
    return tally.decision(holds ? hold(gate, key) : Decision.NOTHING_HELD);
  }

  private static Runnable hold(Gate gate, @Nullable Used key) {
    gate.tenant.underWay++;
    if (key != null) {
      key.underWay++;
    }
    AtomicBoolean released = new AtomicBoolean();
    return () -> {
      if (released.compareAndSet(false, true)) {
        synchronized (gate) {
          gate.tenant.underWay--;
          if (key != null) {
            key.underWay--;
          }
        }
      }
    };
  }

  private static int share(@Nullable Integer limit, int replicas) {
    return limit == null ? -1 : Math.max(1, limit / replicas);
  }

  /** Forgets tenants that have asked nothing for a while. */
  void tidy() {
    long now = nanoClock.getAsLong();
    gates.forEach(
        (id, gate) -> {
          synchronized (gate) {
            gate.keys.values().removeIf(used -> used.isIdle(now));
            if (gate.keys.isEmpty() && gate.tenant.isIdle(now)) {
              gate.gone = true;
              gates.remove(id, gate);
            }
          }
        });
  }

  /** Forgets all that was accepted; what is under way stays counted. */
  void forgetWindows() {
    gates.forEach(
        (id, gate) -> {
          synchronized (gate) {
            if (gate.tenant.underWay == 0) {
              gate.gone = true;
              gates.remove(id, gate);
            }
          }
        });
  }

  /** What was found while looking at the limits. */
  private static final class Tally {
    private RefusedBy refusedBy = RefusedBy.NOTHING;
    private long waitMillis;
    private long limit = -1;
    private long remaining = -1;
    private long resetMillis;

    void look(RefusedBy which, @Nullable Used used, int max, long now) {
      if (used == null || max < 0) {
        return;
      }
      int count = used.window.used(now);
      if (count >= max) {
        refusedBy = which;
        waitMillis = Math.max(waitMillis, millis(used.window.untilBelow(max, now)));
      }
      long left = Math.max(0, max - count);
      if (remaining < 0 || left < remaining) {
        limit = max;
        remaining = left;
        resetMillis = millis(used.window.untilLess(now));
      }
    }

    void refuse(RefusedBy which) {
      refusedBy = which;
      waitMillis = SLOT_WAIT_MILLIS;
    }

    /** Rounded up: who waits so long gets through. */
    private static long millis(long nanos) {
      return (nanos + 999_999) / 1_000_000;
    }

    Decision decision(Runnable release) {
      return new Decision(refusedBy, waitMillis, limit, remaining, resetMillis, release);
    }
  }
}
