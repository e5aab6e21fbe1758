package io.aigateway.breaker;

import io.aigateway.breaker.Breaker.State;
import io.aigateway.breaker.VirtualCluster.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How soon do many replicas leave a provider that died, how often do they leave one that didn't,
 * and what does it cost Redis? The gateway's own code in virtual time, with numbers that ship;
 * deterministic. {@code main} prints the tables of docs/breaker.md; the test runs a small one.
 */
final class BreakerSimulation {
  static final int PROVIDERS = 5;
  private static final BreakerSettings SHIPPED =
      new BreakerSettings(5, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(30), 2);

  /** A call takes between a half and one and a half times this. */
  private static final long CALL_NANOS = Duration.ofMillis(200).toNanos();

  private final VirtualCluster cluster;
  private final List<Replica> replicas = new ArrayList<>();
  private final String[] names;
  private final double callsASecond;
  private double errorRate;
  private int dead = -1;
  private long lastCallOfDead;
  private int outOfDead;
  private int mostOutOfDead;
  private long callsOfDead;

  /**
   * @param callsASecond of all replicas to all providers
   * @param lostMessages share of the published messages that a replica doesn't get
   */
  BreakerSimulation(
      long seed, int replicas, int providers, double callsASecond, double lostMessages) {
    this.names = new String[providers];
    this.cluster = new VirtualCluster(seed);
    this.callsASecond = callsASecond;
    cluster.lostMessages = lostMessages;
    for (int p = 0; p < providers; p++) {
      names[p] = "provider-" + p;
    }
    for (int r = 0; r < replicas; r++) {
      // starts are spread over 20 s
      cluster.after(
          Duration.ofMillis((long) (cluster.random.nextDouble() * 20_000)), () -> start(replicas));
    }
    cluster.after(Duration.ZERO, this::arrival);
  }

  private void start(int all) {
    Replica replica = cluster.replica("r" + cluster.replicas.size() + "of" + all);
    for (String name : names) {
      replica.breaker(name, SHIPPED);
    }
    replicas.add(replica);
  }

  private void arrival() {
    double wait = -Math.log(1 - cluster.random.nextDouble()) / callsASecond;
    cluster.after(Duration.ofNanos((long) (wait * 1e9)), this::arrival);
    if (replicas.isEmpty()) {
      return;
    }
    Replica replica = replicas.get(cluster.random.nextInt(replicas.size()));
    int provider = cluster.random.nextInt(names.length);
    Breaker breaker = replica.breakers.find(names[provider]);
    Breaker.Permit permit = breaker == null ? null : breaker.acquire();
    if (permit != null) {
      call(provider, permit);
    }
  }

  private void call(int provider, Breaker.Permit permit) {
    boolean failing = provider == dead;
    boolean fails = failing || cluster.random.nextDouble() < errorRate;
    if (failing) {
      lastCallOfDead = cluster.now();
      callsOfDead++;
      outOfDead++;
      mostOutOfDead = Math.max(mostOutOfDead, outOfDead);
    }
    long takes = (long) (CALL_NANOS * (0.5 + cluster.random.nextDouble()));
    cluster.after(
        Duration.ofNanos(takes),
        () -> {
          if (failing) {
            outOfDead--;
          }
          if (fails) {
            permit.failure("server_error", null);
          } else {
            permit.success();
          }
        });
  }

  List<String> openings() {
    return cluster.log.stream().filter(line -> line.contains("CLOSED>OPEN")).toList();
  }

  private boolean all(int provider, State state) {
    for (Replica replica : replicas) {
      Breaker breaker = replica.breakers.find(names[provider]);
      if (breaker == null || breaker.state() != state) {
        return false;
      }
    }
    return true;
  }

  /**
   * What a dead provider brought about.
   *
   * @param toLast from the first failed call to the last call that any replica made, before probes
   * @param wasted calls that it got from its death until then
   * @param probes at one time, at most, in the two minutes after
   * @param back from its recovery to the last replica's closing, less the rest of the open time
   */
  record Death(
      @Nullable Duration toLast,
      long wasted,
      int probes,
      @Nullable Duration back,
      double commandsASecond) {}

  /** Lets one provider die after a while of health, and recover. */
  Death death() {
    cluster.run(Duration.ofSeconds(60));
    long before = cluster.twin.commands;
    cluster.run(Duration.ofSeconds(10));
    final double commands = (cluster.twin.commands - before) / 10.0;
    dead = 0;
    long died = cluster.now();
    boolean left = cluster.runUntil(new Every(() -> all(0, State.OPEN)), Duration.ofSeconds(25));
    cluster.run(Duration.ofSeconds(1));
    final Duration toLast = Duration.ofNanos(lastCallOfDead - died);
    final long wasted = callsOfDead;
    mostOutOfDead = outOfDead;
    cluster.run(Duration.ofSeconds(120));
    final int probes = mostOutOfDead;
    // it recovers while all wait, no probe under way
    cluster.runUntil(new Every(() -> outOfDead == 0 && all(0, State.OPEN)), Duration.ofSeconds(35));
    dead = -1;
    cluster.runUntil(new Every(() -> all(0, State.HALF_OPEN)), Duration.ofSeconds(35));
    long halfOpen = cluster.now();
    boolean back = cluster.runUntil(new Every(() -> all(0, State.CLOSED)), Duration.ofSeconds(300));
    return new Death(
        left ? toLast : null,
        wasted,
        probes,
        back ? Duration.ofNanos(cluster.now() - halfOpen) : null,
        commands);
  }

  /** Looks only every 5 ms of virtual time: it asks all replicas. */
  private final class Every implements java.util.function.Supplier<Boolean> {
    private final java.util.function.BooleanSupplier what;
    private long next = cluster.now();

    Every(java.util.function.BooleanSupplier what) {
      this.what = what;
    }

    @Override
    public Boolean get() {
      if (cluster.now() < next) {
        return false;
      }
      next = cluster.now() + 5_000_000;
      return what.getAsBoolean();
    }
  }

  /** Openings in this time when calls fail by chance, one apart from the other. */
  long falseOpenings(double rate, Duration time) {
    errorRate = rate;
    cluster.run(time);
    return openings().size();
  }

  /** Commands that Redis carries out in a second, those of scripts too. */
  double commandsASecond(Duration time) {
    cluster.run(Duration.ofSeconds(30));
    long before = cluster.twin.commands;
    cluster.run(time);
    return (cluster.twin.commands - before) / (double) time.toSeconds();
  }

  public static void main(String[] args) {
    int[] rates = {100, 1000, 10_000, 100_000};
    System.out.println(
        "| replicas | calls a second, 5 providers | messages lost | first failure to last call |"
            + " calls that failed | most probes at once | open time over to all closed |"
            + " Redis commands a second |");
    System.out.println("|--:|--:|--:|--:|--:|--:|--:|--:|");
    for (int rate : rates) {
      for (double lost : new double[] {0, 0.1}) {
        Death death = new BreakerSimulation(1, 500, PROVIDERS, rate, lost).death();
        System.out.printf(
            Locale.ROOT,
            "| 500 | %,d | %d %% | %s | %,d | %d | %s | %,.0f |%n",
            rate,
            Math.round(lost * 100),
            text(death.toLast()),
            death.wasted(),
            death.probes(),
            text(death.back()),
            death.commandsASecond());
      }
    }
    System.out.println();
    System.out.println(
        "| providers | calls a second to each, from 500 replicas | seconds | 1 % errors | 5 % |"
            + " 20 % |");
    System.out.println("|--:|--:|--:|--:|--:|--:|");
    chance(PROVIDERS, 100, 600);
    chance(PROVIDERS, 1000, 300);
    chance(PROVIDERS, 10_000, 60);
    chance(1, 100_000, 30);
    System.out.println();
    double thousand =
        new BreakerSimulation(3, 1000, PROVIDERS, 100_000, 0)
            .commandsASecond(Duration.ofSeconds(10));
    System.out.printf(
        Locale.ROOT, "1,000 replicas, 100,000 calls a second: %,.0f commands a second%n", thousand);
  }

  private static void chance(int providers, int rate, int seconds) {
    StringBuilder row = new StringBuilder();
    for (double errors : new double[] {0.01, 0.05, 0.2}) {
      row.append(' ')
          .append(
              new BreakerSimulation(2, 500, providers, (double) providers * rate, 0.01)
                  .falseOpenings(errors, Duration.ofSeconds(seconds)))
          .append(" |");
    }
    System.out.printf(Locale.ROOT, "| %d | %,d | %d |%s%n", providers, rate, seconds, row);
  }

  private static String text(@Nullable Duration time) {
    return time == null ? "never" : String.format(Locale.ROOT, "%.2f s", time.toMillis() / 1000.0);
  }
}
