package io.aigateway.breaker;

import io.aigateway.breaker.BreakerStore.Answer;
import io.aigateway.breaker.BreakerStore.Asked;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Carries what breakers want to tell the other replicas, off the path of any request: one call of
 * the store at a time for each breaker, at each {@link #tick} or when a breaker can't wait. Reads
 * what nobody spoke of for a while, since messages get lost. For all threads.
 */
final class SharedBreakers {
  /** How often {@link #tick} wants to be called. */
  static final long TICK_MILLIS = 25;

  private static final long QUIET_READ_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long BUSY_READ_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long SOON_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long REJOIN_NANOS = TimeUnit.MILLISECONDS.toNanos(250);

  private final BreakerStore store;
  private final BooleanSupplier up;
  private final Executor executor;
  private final LongSupplier clock;
  private final DoubleSupplier random;
  private final List<Member> members = new CopyOnWriteArrayList<>();

  /**
   * @param up whether the store can be asked now
   * @param executor where urgent things are done, soon and one after the other
   * @param clock monotonic, nanoseconds
   * @param random 0 to 1
   */
  SharedBreakers(
      BreakerStore store,
      BooleanSupplier up,
      Executor executor,
      LongSupplier clock,
      DoubleSupplier random) {
    this.store = store;
    this.up = up;
    this.executor = executor;
    this.clock = clock;
    this.random = random;
  }

  /** Shares this breaker from now on. */
  void add(Breaker breaker) {
    Member member = new Member(breaker);
    members.add(member);
    breaker.share(() -> executor.execute(member::tick));
    executor.execute(member::tick);
  }

  /** Does what is due. */
  void tick() {
    members.forEach(Member::tick);
  }

  /** Whether all breakers know what the others know. */
  boolean allShared() {
    return members.stream().allMatch(member -> member.breaker.isShared());
  }

  /** Another replica has changed a breaker. */
  void heard(String name, ClusterView view) {
    for (Member member : members) {
      if (member.breaker.name().equals(name)) {
        member.breaker.heard(view);
      }
    }
  }

  /** Messages may have been missed: reads all, not all at once. */
  void missed() {
    members.forEach(Member::readSoon);
  }

  /** One breaker and what is known of the store's clock where it is kept. */
  private final class Member {
    private final Breaker breaker;
    private boolean busy;
    private boolean clockKnown;
    private long aheadMillis;
    private long number;
    private long readNanos = clock.getAsLong();
    private long joinNanos = clock.getAsLong();

    private Member(Breaker breaker) {
      this.breaker = breaker;
    }

    private void tick() {
      if (!up.getAsBoolean()) {
        breaker.alone();
        return;
      }
      long now = clock.getAsLong();
      synchronized (this) {
        if (busy) {
          return;
        }
        boolean shared = breaker.isShared();
        if (!shared && now - joinNanos < 0) {
          return;
        }
        if (clockKnown) {
          Work work = breaker.next(random.getAsDouble());
          if (work != null) {
            busy = true;
            send(work, now);
            return;
          }
        }
        if (!clockKnown || now - readNanos >= 0) {
          busy = true;
          read(now);
        }
      }
    }

    private synchronized void readSoon() {
      readNanos = clock.getAsLong() + (long) (random.getAsDouble() * SOON_NANOS);
    }

    private void send(Work work, long now) {
      Asked asked = asked(work.epoch(), work.version(), now);
      CompletionStage<Answer> answer;
      if (work instanceof Work.Join join) {
        answer = store.report(asked, ++number, Batch.EMPTY, join.proposal());
      } else if (work instanceof Work.Report report) {
        answer = store.report(asked, ++number, report.batch(), null);
      } else if (work instanceof Work.Probe probe) {
        answer = store.probe(asked, probe.verb());
      } else {
        answer = store.force(asked, ((Work.ByHand) work).force());
      }
      answer.whenComplete((said, failure) -> answered(work, said, failure, now));
    }

    private void read(long now) {
      store
          .read(asked("", 0, now))
          .whenComplete((said, failure) -> answered(null, said, failure, now));
    }

    private Asked asked(String epoch, long version, long now) {
      long at = clockKnown ? TimeUnit.NANOSECONDS.toMillis(now) + aheadMillis : -1;
      return new Asked(breaker.name(), breaker.settings(), at, epoch, version);
    }

    private void answered(
        @Nullable Work work, @Nullable Answer said, @Nullable Throwable failure, long sentNanos) {
      long now = clock.getAsLong();
      if (failure != null || said == null) {
        if (work != null) {
          breaker.failed(work);
        }
        synchronized (this) {
          clockKnown = false;
          joinNanos = now + REJOIN_NANOS;
          readNanos = joinNanos;
          busy = false;
        }
        return;
      }
      if (work == null) {
        breaker.heardBack(said, sentNanos);
      } else {
        breaker.answered(work, said, sentNanos);
      }
      synchronized (this) {
        clockKnown = true;
        aheadMillis =
            said.nowMillis() - TimeUnit.NANOSECONDS.toMillis(sentNanos + (now - sentNanos) / 2);
        boolean calm = breaker.state() == Breaker.State.CLOSED;
        long pace = calm ? QUIET_READ_NANOS : BUSY_READ_NANOS;
        readNanos = now + (long) (pace * (0.8 + 0.4 * random.getAsDouble()));
        busy = false;
      }
      // what came up in the meantime
      executor.execute(this::tick);
    }
  }
}
