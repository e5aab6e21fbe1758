package io.aigateway.admin;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * How long must somebody wait who gave wrong passwords? After {@link #FREE} in a row one second,
 * then twice as long each time, up to a minute. For all threads.
 */
final class Lockout {
  private static final int FREE = 5;
  private static final Duration LONGEST = Duration.ofSeconds(60);
  private static final Duration FORGOTTEN = Duration.ofMinutes(15);
  private static final int MOST = 10_000;

  private record Failures(int count, long lastNanos) {
    Duration pause() {
      int over = count - FREE;
      if (over < 0) {
        return Duration.ZERO;
      }
      Duration pause = Duration.ofSeconds(1L << Math.min(over, 6));
      return pause.compareTo(LONGEST) > 0 ? LONGEST : pause;
    }
  }

  private final LongSupplier nanoClock;
  private final Map<String, Failures> failures =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
          return size() > MOST;
        }
      };

  Lockout(LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
  }

  /** How long {@code who} has to wait; empty for not at all. */
  synchronized Optional<Duration> left(String who) {
    Failures of = failures.get(who);
    if (of == null) {
      return Optional.empty();
    }
    long passed = nanoClock.getAsLong() - of.lastNanos();
    if (passed > FORGOTTEN.toNanos()) {
      failures.remove(who);
      return Optional.empty();
    }
    Duration left = of.pause().minusNanos(passed);
    return left.isNegative() || left.isZero() ? Optional.empty() : Optional.of(left);
  }

  synchronized void failed(String who) {
    Failures before = failures.get(who);
    failures.put(who, new Failures(before == null ? 1 : before.count() + 1, nanoClock.getAsLong()));
  }

  synchronized void succeeded(String who) {
    failures.remove(who);
  }
}
