package io.aigateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.breaker.Breaker.State;
import io.aigateway.breaker.VirtualCluster.Replica;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Do replicas behave as one? The gateway's own code in virtual time. */
class SharedBreakersTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final BreakerSettings SETTINGS =
      new BreakerSettings(5, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(30), 2);

  private final VirtualCluster cluster = new VirtualCluster(7);
  private final Replica a = cluster.replica("a");
  private final Replica b = cluster.replica("b");
  private final Replica c = cluster.replica("c");

  private boolean healthy = true;
  private int callsOut;
  private int mostProbes;
  private final List<Long> callTimes = new ArrayList<>();
  private final List<String> callers = new ArrayList<>();

  private static Breaker p(Replica replica) {
    return replica.breaker("p", SETTINGS);
  }

  private void started() {
    p(a);
    p(b);
    p(c);
    cluster.run(SECOND);
    assertThat(List.of(a, b, c)).allMatch(replica -> replica.sharing.allShared());
  }

  private static void fail(Replica replica, int times) {
    for (int i = 0; i < times; i++) {
      Breaker.Permit permit = p(replica).acquire();
      if (permit != null) {
        permit.failure("server_error", null);
      }
    }
  }

  private boolean all(State state) {
    return cluster.replicas.stream()
        .filter(replica -> replica.alive)
        .allMatch(replica -> p(replica).state() == state);
  }

  private Supplier<Boolean> allAre(State state) {
    return () -> all(state);
  }

  /** Each replica is called so often; a call takes this time. */
  private void traffic(Duration every, Duration takes, Replica... replicas) {
    for (Replica replica : replicas) {
      cluster.after(
          Duration.ofNanos((long) (cluster.random.nextDouble() * every.toNanos())),
          () -> call(replica, every, takes));
    }
  }

  private void call(Replica replica, Duration every, Duration takes) {
    if (!replica.alive) {
      return;
    }
    cluster.after(every, () -> call(replica, every, takes));
    Breaker.Permit permit = p(replica).acquire();
    if (permit == null) {
      return;
    }
    callsOut++;
    mostProbes = Math.max(mostProbes, callsOut);
    callTimes.add(cluster.now());
    callers.add(replica.name);
    cluster.after(
        takes,
        () -> {
          callsOut--;
          if (!replica.alive) {
            return;
          }
          if (healthy) {
            permit.success();
          } else {
            permit.failure("server_error", null);
          }
        });
  }

  private void begin() {
    callTimes.clear();
    callers.clear();
    mostProbes = callsOut;
  }

  @Test
  void openingOfOneReplicaReachesAllAndIsLoggedOnce() {
    started();

    fail(a, 5);
    assertThat(p(a).acquire()).as("at once, before anybody has answered").isNull();
    assertThat(cluster.runUntil(allAre(State.OPEN), Duration.ofMillis(100))).isTrue();

    cluster.run(SECOND);
    assertThat(cluster.log).hasSize(1);
    assertThat(cluster.log.get(0))
        .startsWith("a p CLOSED>OPEN: 5 failures in a row, 5 of 5 calls failed (100 %)");
    assertThat(p(c).snapshot().openedBy()).isEqualTo("a");
    assertThat(p(c).snapshot().untilProbe())
        .isBetween(Duration.ofMillis(28_500), Duration.ofMillis(29_200));
  }

  @Test
  void failuresThatNoReplicaHasEnoughOfOpenTogether() {
    started();

    fail(a, 2);
    fail(b, 2);
    cluster.run(SECOND);
    assertThat(all(State.CLOSED)).isTrue();
    fail(c, 1);

    assertThat(cluster.runUntil(allAre(State.OPEN), SECOND)).isTrue();
  }

  @Test
  void rateOpensAfterAMomentAlsoWhenNobodyCallsAnyMore() {
    started();
    for (int i = 0; i < 5; i++) {
      java.util.Objects.requireNonNull(p(b).acquire()).success();
    }
    cluster.run(Duration.ofMillis(50));
    fail(b, 5);

    assertThat(cluster.runUntil(allAre(State.OPEN), SECOND)).isTrue();
    assertThat(p(a).snapshot().reason()).startsWith("5 of 10 calls failed (50 %)");
  }

  @Test
  void lostMessagesAreMadeUpForByReading() {
    cluster.lostMessages = 1;
    started();

    fail(a, 5);

    assertThat(cluster.runUntil(allAre(State.OPEN), Duration.ofSeconds(7))).isTrue();
  }

  @Test
  void replicaThatFailsAloneDoesNotOpenForAll() {
    started();
    traffic(Duration.ofMillis(20), Duration.ofMillis(5), b, c);
    for (int i = 0; i < 40; i++) {
      cluster.after(Duration.ofMillis(100L * i + 500), () -> fail(a, 1));
    }

    cluster.run(Duration.ofSeconds(6));

    assertThat(all(State.CLOSED)).isTrue();
    assertThat(cluster.log).isEmpty();
  }

  @Test
  void sparseSuccessesOfOneReplicaAreKnownInTime() {
    started();
    // one success every 400 ms: there never is a pause of 500 ms
    traffic(Duration.ofMillis(400), Duration.ofMillis(1), b);
    cluster.run(Duration.ofSeconds(2));
    for (int i = 0; i < 300; i++) {
      cluster.after(Duration.ofMillis(20L * i), () -> tryFailing(a));
    }

    // the rate opens, not the row
    cluster.run(Duration.ofSeconds(8));

    assertThat(cluster.log).isNotEmpty();
    assertThat(cluster.log.get(0)).doesNotContain("in a row").contains("calls failed");
  }

  private void tryFailing(Replica replica) {
    Breaker.Permit permit = p(replica).acquire();
    if (permit != null) {
      permit.failure("server_error", null);
    }
  }

  @Test
  void oneProbeAtATimeAndClosedSoonAfterRecovery() {
    started();
    traffic(Duration.ofMillis(20), Duration.ofMillis(150), a, b, c);
    cluster.run(SECOND);
    healthy = false;
    assertThat(cluster.runUntil(allAre(State.OPEN), Duration.ofSeconds(2))).isTrue();
    cluster.run(SECOND);
    begin();

    cluster.run(Duration.ofSeconds(120));

    assertThat(mostProbes).isEqualTo(1);
    assertThat(callTimes).hasSizeBetween(3, 5);
    healthy = true;
    assertThat(cluster.runUntil(allAre(State.CLOSED), Duration.ofSeconds(35))).isTrue();
    assertThat(mostProbes).isEqualTo(1);
    assertThat(cluster.log.stream().filter(line -> line.contains(">CLOSED"))).hasSize(1);
    long first = cluster.now();
    cluster.run(SECOND);
    assertThat(Duration.ofNanos(cluster.now() - first)).isLessThanOrEqualTo(SECOND);
  }

  @ParameterizedTest
  @ValueSource(longs = {200, 1000, 3000})
  void closesWithinFiveSecondsOfTheOpenTimeAlsoWithLittleTraffic(long everyMillis) {
    started();
    fail(a, 5);
    cluster.runUntil(allAre(State.OPEN), SECOND);
    traffic(Duration.ofMillis(everyMillis), Duration.ofMillis(100), a, b, c);

    assertThat(
            cluster.runUntil(
                allAre(State.CLOSED), Duration.ofSeconds(35).plusMillis(2 * everyMillis)))
        .isTrue();
    assertThat(mostProbes).isEqualTo(1);
  }

  @Test
  void callAfterALongPauseMakesTheProbe() {
    started();
    fail(a, 5);
    cluster.run(Duration.ofSeconds(33));

    // nobody called, but one replica holds the lease for a call to come
    assertThat(List.of(p(a), p(b), p(c)).stream().map(Breaker::acquire).filter(x -> x != null))
        .hasSize(1);
  }

  @Test
  void leaseGoesWhereCallsWait() {
    started();
    fail(a, 5);
    cluster.run(Duration.ofSeconds(33));
    begin();

    traffic(Duration.ofMillis(100), Duration.ofMillis(10), b);

    assertThat(cluster.runUntil(allAre(State.CLOSED), Duration.ofSeconds(4))).isTrue();
  }

  @Test
  void replicaThatIsKilledWithTheProbeHoldsUpTheOthersForNoLongerThanTheLease() {
    started();
    fail(a, 5);
    traffic(Duration.ofMillis(100), Duration.ofSeconds(20), a, b, c);
    cluster.run(Duration.ofSeconds(29));
    begin();
    assertThat(cluster.runUntil(() -> !callers.isEmpty(), Duration.ofSeconds(3))).isTrue();
    String holder = callers.get(0);
    cluster.run(Duration.ofMillis(500));
    cluster.replicas.stream().filter(r -> r.name.equals(holder)).forEach(Replica::kill);
    long killed = cluster.now();
    begin();

    assertThat(
            cluster.runUntil(
                () -> !callers.isEmpty(), Duration.ofMillis(Lease.LENGTH_MILLIS + 1000)))
        .isTrue();

    assertThat(callers.get(0)).isNotEqualTo(holder);
    assertThat(cluster.now() - killed).isLessThan(Duration.ofSeconds(4).toNanos());
  }

  @Test
  void longProbeKeepsItsLease() {
    started();
    fail(a, 5);
    traffic(Duration.ofMillis(50), Duration.ofSeconds(25), a, b, c);

    cluster.run(Duration.ofSeconds(50));

    assertThat(mostProbes).isEqualTo(1);
    assertThat(callTimes).hasSize(1);
  }

  @Test
  void retryAfterOfACallUnderWayLengthensForAll() {
    started();
    Breaker.Permit early = java.util.Objects.requireNonNull(p(b).acquire());
    fail(a, 5);
    cluster.runUntil(allAre(State.OPEN), SECOND);

    early.failure("rate_limited", Duration.ofSeconds(60));
    cluster.run(SECOND);

    for (Replica replica : cluster.replicas) {
      assertThat(p(replica).snapshot().untilProbe())
          .isBetween(Duration.ofMillis(58_500), Duration.ofSeconds(60));
    }
  }

  @Test
  void refusedCredentialOpensForAllAtOnce() {
    started();

    java.util.Objects.requireNonNull(p(a).acquire()).fatal("unauthorized");

    assertThat(p(a).acquire()).isNull();
    assertThat(cluster.runUntil(allAre(State.OPEN), Duration.ofMillis(100))).isTrue();
    assertThat(p(b).snapshot().reason()).isEqualTo("unauthorized");
  }

  @Test
  void starterKnowsTheStateBeforeItsFirstCall() {
    started();
    fail(a, 5);
    cluster.run(Duration.ofSeconds(5));

    Replica late = cluster.replica("late");
    p(late);
    cluster.run(Duration.ofMillis(100));

    assertThat(late.sharing.allShared()).isTrue();
    assertThat(p(late).acquire()).isNull();
    assertThat(p(late).snapshot().untilProbe()).isLessThan(Duration.ofSeconds(25));
    assertThat(p(late).snapshot().openedBy()).isEqualTo("a");
  }

  @Test
  void stateOutlivesAllReplicas() {
    started();
    fail(a, 5);
    cluster.run(SECOND);
    cluster.replicas.forEach(Replica::kill);
    cluster.run(Duration.ofSeconds(10));

    Replica next = cluster.replica("next");
    p(next);
    cluster.run(Duration.ofMillis(100));

    assertThat(p(next).state()).isEqualTo(State.OPEN);
  }

  @Test
  void orderOfAPersonHoldsForAllUntilAuto() {
    started();

    p(a).force(Breaker.Force.OPEN);
    assertThat(p(a).state()).isEqualTo(State.FORCED_OPEN);
    assertThat(cluster.runUntil(allAre(State.FORCED_OPEN), SECOND)).isTrue();
    cluster.run(Duration.ofSeconds(120));
    assertThat(all(State.FORCED_OPEN)).isTrue();
    p(b).force(Breaker.Force.CLOSED);
    cluster.runUntil(allAre(State.FORCED_CLOSED), SECOND);
    fail(c, 30);
    cluster.run(SECOND);
    assertThat(all(State.FORCED_CLOSED)).isTrue();
    assertThat(p(a).snapshot().failures()).as("it still counts").isZero();
    cluster.run(Duration.ofSeconds(7));
    assertThat(p(a).snapshot().failures()).isEqualTo(30);
    p(a).force(Breaker.Force.AUTO);

    assertThat(cluster.runUntil(allAre(State.CLOSED), SECOND)).isTrue();
    cluster.run(SECOND);
    assertThat(cluster.log)
        .extracting(line -> line.substring(0, line.indexOf(':')))
        .containsExactly(
            "a p CLOSED>FORCED_OPEN", "b p FORCED_OPEN>FORCED_CLOSED", "a p FORCED_CLOSED>CLOSED");
  }

  @Test
  void frozenStoreLeavesEachReplicaToItself() {
    started();
    traffic(Duration.ofMillis(20), Duration.ofMillis(5), b, c);
    cluster.freeze();
    cluster.run(SECOND);

    // the deadline has to pass once at most
    fail(a, 5);
    cluster.run(Duration.ofMillis(510));

    assertThat(p(a).state()).isEqualTo(State.OPEN);
    assertThat(p(b).state()).isEqualTo(State.CLOSED);
    cluster.run(Duration.ofSeconds(20));
    cluster.thaw();
    assertThat(cluster.runUntil(allAre(State.OPEN), Duration.ofSeconds(2)))
        .as("the later opening wins")
        .isTrue();
    assertThat(p(b).snapshot().untilProbe())
        .isBetween(Duration.ofSeconds(7), Duration.ofSeconds(10));
  }

  @Test
  void whatAFrozenStoreCarriesOutLateChangesNothing() {
    started();
    fail(a, 4);
    cluster.freeze();
    fail(a, 1);
    cluster.run(Duration.ofSeconds(10));
    p(a).force(Breaker.Force.CLOSED);
    p(a).force(Breaker.Force.AUTO);
    long commandsBefore = cluster.twin.commands;
    cluster.thaw();
    assertThat(cluster.twin.commands).isGreaterThan(commandsBefore);

    cluster.run(Duration.ofSeconds(3));

    assertThat(all(State.CLOSED)).isTrue();
  }

  @Test
  void breakersGoOnAloneWithHalfOpenAndClosing() {
    started();
    cluster.freeze();
    fail(a, 5);
    cluster.run(Duration.ofSeconds(31));
    assertThat(p(a).state()).isEqualTo(State.HALF_OPEN);
    Breaker.Permit probe = java.util.Objects.requireNonNull(p(a).acquire());
    assertThat(p(a).acquire()).isNull();
    probe.success();
    java.util.Objects.requireNonNull(p(a).acquire()).success();

    assertThat(p(a).state()).isEqualTo(State.CLOSED);
    cluster.thaw();
    cluster.run(Duration.ofSeconds(2));
    assertThat(all(State.CLOSED)).isTrue();
  }

  @Test
  void probeUnderWayWhenTheStoreFreezesIsTheOnlyOneOfItsReplica() {
    started();
    fail(a, 5);
    traffic(Duration.ofMillis(50), Duration.ofSeconds(8), a);
    cluster.run(Duration.ofSeconds(30));
    assertThat(cluster.runUntil(() -> callsOut == 1, Duration.ofSeconds(3))).isTrue();

    cluster.freeze();
    cluster.run(Duration.ofSeconds(5));
    cluster.thaw();
    cluster.run(Duration.ofSeconds(2));

    assertThat(mostProbes).isEqualTo(1);
  }

  @Test
  void emptyStoreLearnsTheStateFromReplicas() {
    started();
    fail(a, 5);
    cluster.run(Duration.ofSeconds(5));

    cluster.emptyStore();
    cluster.run(Duration.ofSeconds(8));

    assertThat(all(State.OPEN)).isTrue();
    assertThat(List.of(a, b, c)).allMatch(replica -> replica.sharing.allShared());
    Replica late = cluster.replica("late");
    p(late);
    cluster.run(Duration.ofMillis(100));
    assertThat(p(late).state()).isEqualTo(State.OPEN);
    assertThat(p(late).snapshot().untilProbe())
        .isBetween(Duration.ofSeconds(15), Duration.ofSeconds(18));
  }

  @Test
  void healthyTrafficCostsFiveReportsASecondAndIdleOnesNearlyNothing() {
    started();
    cluster.run(Duration.ofSeconds(10));
    long before = cluster.twin.commands;
    cluster.run(Duration.ofSeconds(60));
    // 3 replicas, a read of 3 commands about every 5 s
    assertThat(cluster.twin.commands - before).isLessThan(3 * 3 * 60 / 4);

    traffic(Duration.ofNanos(500_000), Duration.ofMillis(100), a);
    cluster.run(SECOND);
    before = cluster.twin.commands;
    cluster.run(Duration.ofSeconds(10));

    long aSecond = (cluster.twin.commands - before) / 10;
    assertThat(aSecond).isLessThan(30);
    assertThat(p(a).snapshot().calls()).isGreaterThan(20_000);
  }

  @Test
  void deadProviderIsLeftWithinASecondAt2000CallsASecond() {
    started();
    traffic(Duration.ofNanos(1_500_000), Duration.ofMillis(30), a, b, c);
    cluster.run(Duration.ofSeconds(40));
    healthy = false;
    long died = cluster.now();

    assertThat(cluster.runUntil(allAre(State.OPEN), SECOND)).isTrue();

    assertThat(Duration.ofNanos(cluster.now() - died)).isLessThan(Duration.ofMillis(700));
  }

  @Test
  void otherBreakersAreNotTouched() {
    started();
    Breaker other = a.breaker("p/OTHER_KEY", SETTINGS);
    cluster.run(SECOND);

    fail(a, 5);
    cluster.run(SECOND);

    assertThat(other.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void callsThatAreLostOnTheWireDoNotConfuseAnybody() {
    started();
    cluster.lostCalls = 0.02;
    cluster.lostMessages = 0.3;
    traffic(Duration.ofMillis(20), Duration.ofMillis(5), a, b, c);
    cluster.run(Duration.ofSeconds(60));
    assertThat(cluster.log).isEmpty();
    healthy = false;
    cluster.run(Duration.ofSeconds(60));
    healthy = true;

    assertThat(cluster.runUntil(allAre(State.CLOSED), Duration.ofSeconds(40))).isTrue();
  }
}
