package io.aigateway.breaker;

import io.aigateway.breaker.BreakerStore.Answer;
import io.aigateway.breaker.BreakerStore.Asked;
import io.aigateway.shared.RedisLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Replicas that share breakers through the twin of the scripts, in virtual time: the gateway's own
 * code on a network that delays, loses and stops. Deterministic for a seed; one thread.
 */
final class VirtualCluster {
  private static final long MILLIS_AT_START = 1_800_000_000_000L;

  private record Event(long at, long number, Runnable what) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at == other.at ? Long.compare(number, other.number) : Long.compare(at, other.at);
    }
  }

  final Random random;
  final List<Replica> replicas = new ArrayList<>();
  final List<String> log = new ArrayList<>();
  final StoreTwin twin;

  /** Share of published messages that are lost, for each replica on its own. */
  double lostMessages;

  /** Share of calls that get no answer. */
  double lostCalls;

  /** Longest time on the wire, each way. */
  Duration wire = Duration.ofMillis(1);

  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private long now;
  private long number;
  private boolean frozen;

  VirtualCluster(long seed) {
    random = new Random(seed);
    now = TimeUnit.SECONDS.toNanos(1000);
    twin = new StoreTwin(this::storeMillis, this::publish);
  }

  private long storeMillis() {
    return MILLIS_AT_START + TimeUnit.NANOSECONDS.toMillis(now);
  }

  long now() {
    return now;
  }

  /** Runs everything that is due within this time. */
  void run(Duration time) {
    long end = now + time.toNanos();
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.poll();
      now = event.at();
      event.what().run();
    }
    now = end;
  }

  /** Runs until {@code done}, looked at after every event; false when it took longer. */
  boolean runUntil(Supplier<Boolean> done, Duration atMost) {
    long end = now + atMost.toNanos();
    while (!done.get()) {
      Event event = events.peek();
      if (event == null || event.at() > end) {
        now = end;
        return done.get();
      }
      events.poll();
      now = event.at();
      event.what().run();
    }
    return true;
  }

  void after(Duration delay, Runnable what) {
    events.add(new Event(now + delay.toNanos(), number++, what));
  }

  private void afterNanos(long delay, Runnable what) {
    events.add(new Event(now + delay, number++, what));
  }

  private long wireNanos() {
    return (long) (random.nextDouble() * wire.toNanos()) + 1;
  }

  /** Calls get no answer, and are carried out when it thaws. */
  void freeze() {
    frozen = true;
  }

  void thaw() {
    frozen = false;
    List<Runnable> all = new ArrayList<>(kept);
    kept.clear();
    all.forEach(Runnable::run);
  }

  private final List<Runnable> kept = new ArrayList<>();

  /** As killed and started again without its data. */
  void emptyStore() {
    kept.clear();
    twin.forget();
  }

  private void publish(String breaker, ClusterView view) {
    for (Replica replica : replicas) {
      if (random.nextDouble() >= lostMessages) {
        afterNanos(
            wireNanos(),
            () -> {
              if (replica.alive) {
                replica.sharing.heard(breaker, view);
              }
            });
      }
    }
  }

  Replica replica(String name) {
    Replica replica = new Replica(name);
    replicas.add(replica);
    return replica;
  }

  /** One gateway. */
  final class Replica implements BreakerStore {
    final String name;
    final Breakers breakers;
    final SharedBreakers sharing;
    boolean alive = true;
    boolean up = true;

    private Replica(String name) {
      this.name = name;
      breakers =
          new Breakers(
              VirtualCluster.this::now,
              name,
              (breaker, from, to, why) ->
                  log.add(name + " " + breaker + " " + from + ">" + to + ": " + why));
      sharing =
          new SharedBreakers(
              this,
              () -> up,
              task -> after(Duration.ZERO, task),
              VirtualCluster.this::now,
              random::nextDouble);
      breakers.onNew(sharing::add);
      afterNanos(
          (long) (random.nextDouble() * SharedBreakers.TICK_MILLIS * 1_000_000L), this::tick);
    }

    Breaker breaker(String breaker, BreakerSettings settings) {
      return breakers.get(breaker, settings);
    }

    /** As by kill -9. */
    void kill() {
      alive = false;
    }

    private void tick() {
      if (alive) {
        sharing.tick();
        after(Duration.ofMillis(SharedBreakers.TICK_MILLIS), this::tick);
      }
    }

    private CompletionStage<Answer> call(Supplier<Answer> script) {
      CompletableFuture<Answer> answer = new CompletableFuture<>();
      boolean lost = random.nextDouble() < lostCalls;
      Runnable carryOut =
          () -> {
            Answer said = script.get();
            if (!lost) {
              afterNanos(wireNanos(), () -> complete(answer, said));
            }
          };
      afterNanos(
          wireNanos(),
          () -> {
            if (frozen) {
              kept.add(carryOut);
            } else {
              carryOut.run();
            }
          });
      after(
          RedisLink.Patience.ASIDE.time(),
          () -> {
            if (alive && !answer.isDone()) {
              away();
              answer.completeExceptionally(new IllegalStateException("no answer"));
            }
          });
      return answer;
    }

    private void complete(CompletableFuture<Answer> answer, Answer said) {
      if (alive) {
        answer.complete(said);
      }
    }

    private void away() {
      if (up) {
        up = false;
        sharing.tick();
        after(Duration.ofMillis(500), this::back);
      }
    }

    private void back() {
      if (frozen) {
        after(Duration.ofMillis(500), this::back);
      } else {
        up = true;
        sharing.tick();
      }
    }

    @Override
    public CompletionStage<Answer> read(Asked asked) {
      return call(() -> twin.read(asked, name, name));
    }

    @Override
    public CompletionStage<Answer> report(
        Asked asked, long batchNumber, Batch batch, @Nullable Proposal proposal) {
      return call(() -> twin.report(asked, name, name, batchNumber, batch, proposal));
    }

    @Override
    public CompletionStage<Answer> probe(Asked asked, ProbeVerb verb) {
      return call(() -> twin.probe(asked, name, name, verb));
    }

    @Override
    public CompletionStage<Answer> force(Asked asked, Breaker.Force force) {
      return call(() -> twin.force(asked, name, name, force));
    }
  }
}
