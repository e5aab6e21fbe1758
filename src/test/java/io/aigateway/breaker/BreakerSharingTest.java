package io.aigateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.breaker.Breaker.State;
import io.aigateway.fake.RedisServer;
import io.aigateway.settings.RedisUrl;
import io.aigateway.shared.RedisLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Do breakers of several replicas stay one, and each go on alone, whatever happens to Redis? */
class BreakerSharingTest {
  /** It takes less than 2 s, but for a machine that is busy with other tests. */
  private static final Duration SOON = Duration.ofSeconds(15);

  /** What Redis gets for an answer on such a machine. */
  private static final Duration BUSY = Duration.ofSeconds(2);

  private static final Duration OPEN = Duration.ofSeconds(2);
  private static final BreakerSettings SETTINGS =
      new BreakerSettings(5, 50, 10, Duration.ofSeconds(30), OPEN, 2);

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final List<String> log = new CopyOnWriteArrayList<>();

  /** A gateway's breakers and its own connection. */
  private record Replica(RedisLink link, BreakerSharing sharing, Breaker breaker) {}

  @AfterEach
  void close() throws Exception {
    Collections.reverse(toClose);
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private Replica replica(String name, String url) {
    Breakers breakers =
        new Breakers(
            System::nanoTime, name, (b, from, to, why) -> log.add(name + " " + from + ">" + to));
    RedisLink link = new RedisLink(RedisUrl.parse(url), System::nanoTime, BUSY);
    toClose.add(link);
    BreakerSharing sharing =
        new BreakerSharing(
            breakers, link, name + System.nanoTime(), name, System::nanoTime, () -> 0.5);
    toClose.add(sharing);
    Breaker breaker = breakers.get("p", SETTINGS);
    sharing.start();
    link.start();
    return new Replica(link, sharing, breaker);
  }

  private RedisServer server(String... options) {
    RedisServer server = RedisServer.start(options);
    toClose.add(server);
    return server;
  }

  private static ConditionFactory within(Duration time) {
    return await().pollInterval(Duration.ofMillis(5)).atMost(time);
  }

  private List<Replica> three(String url) {
    List<Replica> all = Stream.of("a", "b", "c").map(name -> replica(name, url)).toList();
    within(Duration.ofSeconds(10))
        .until(() -> all.stream().allMatch(replica -> replica.breaker().isShared()));
    return all;
  }

  private static void fail(Replica replica) {
    for (int i = 0; i < 5; i++) {
      Objects.requireNonNull(replica.breaker().acquire()).failure("server_error", null);
    }
  }

  private static boolean all(List<Replica> replicas, State state) {
    return replicas.stream().allMatch(replica -> replica.breaker().state() == state);
  }

  private static int closeByProbes(List<Replica> replicas) {
    int probes = 0;
    long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
    while (!all(replicas, State.CLOSED) && System.nanoTime() < end) {
      List<Breaker.Permit> permits = new ArrayList<>();
      for (Replica replica : replicas) {
        if (replica.breaker().state() != State.CLOSED) {
          Breaker.Permit permit = replica.breaker().acquire();
          if (permit != null && replica.breaker().state() == State.HALF_OPEN) {
            permits.add(permit);
          } else if (permit != null) {
            // closed in between
            permit.release();
          }
        }
      }
      assertThat(permits).as("probes at one time").hasSizeLessThanOrEqualTo(1);
      probes += permits.size();
      permits.forEach(Breaker.Permit::success);
      Thread.onSpinWait();
    }
    return probes;
  }

  @Test
  void openProbeAndCloseAsOne() {
    List<Replica> all = three(server().url());

    fail(all.get(0));
    within(SOON).until(() -> all(all, State.OPEN));
    within(OPEN.plus(SOON)).until(() -> all(all, State.HALF_OPEN));
    assertThat(closeByProbes(all)).isEqualTo(2);

    within(SOON).until(() -> all(all, State.CLOSED));
    assertThat(log).hasSize(3);
    assertThat(log.get(0)).isEqualTo("a CLOSED>OPEN");
  }

  @Test
  void starterWaitsForTheStateOnlyWhileRedisAnswers() throws Exception {
    RedisServer server = server();
    fail(three(server.url()).get(0));
    within(SOON).until(() -> log.size() == 1);

    Replica late = replica("late", server.url());
    late.sharing().awaitState(Duration.ofSeconds(5));
    assertThat(late.breaker().acquire()).isNull();

    server.freeze();
    Replica frozen = replica("frozen", server.url());
    long started = System.nanoTime();
    frozen.sharing().awaitState(Duration.ofSeconds(5));
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
    assertThat(frozen.breaker().acquire()).isNotNull();
    server.thaw();

    Replica refused = replica("refused", "redis://127.0.0.1:" + RedisServer.freePort());
    started = System.nanoTime();
    refused.sharing().awaitState(Duration.ofSeconds(5));
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(4));
  }

  @Test
  void frozenDuringHalfOpenEachProbesAloneAndTheyAgreeAfter() {
    RedisServer server = server();
    List<Replica> all = three(server.url());
    fail(all.get(0));
    within(SOON).until(() -> all(all, State.OPEN));
    within(OPEN.plus(SOON)).until(() -> all(all, State.HALF_OPEN));

    server.freeze();
    within(SOON).until(() -> all.stream().noneMatch(replica -> replica.breaker().isShared()));
    for (Replica replica : all.subList(0, 2)) {
      Objects.requireNonNull(replica.breaker().acquire()).success();
      Objects.requireNonNull(replica.breaker().acquire()).success();
      assertThat(replica.breaker().state()).isEqualTo(State.CLOSED);
    }
    assertThat(all.get(2).breaker().state()).isEqualTo(State.HALF_OPEN);
    server.thaw();

    within(SOON).until(() -> all(all, State.CLOSED));
  }

  @Test
  void killedAndEmptyRedisLearnsTheOpeningFromTheReplicas() {
    RedisServer server = server();
    List<Replica> all = three(server.url());
    Objects.requireNonNull(all.get(1).breaker().acquire())
        .failure("rate_limited", Duration.ofSeconds(60));
    for (int i = 0; i < 4; i++) {
      Objects.requireNonNull(all.get(1).breaker().acquire())
          .failure("rate_limited", Duration.ofSeconds(60));
    }
    within(SOON).until(() -> all(all, State.OPEN));

    server.kill();
    within(SOON).until(() -> all.stream().noneMatch(replica -> replica.link().isUp()));
    assertThat(all(all, State.OPEN)).isTrue();
    server.restart();
    within(SOON).until(() -> all.stream().allMatch(replica -> replica.breaker().isShared()));

    assertThat(all(all, State.OPEN)).isTrue();
    Replica late = replica("late", server.url());
    within(SOON).until(() -> late.breaker().isShared());
    assertThat(late.breaker().state()).isEqualTo(State.OPEN);
    assertThat(late.breaker().retryAfter()).isGreaterThan(Duration.ofSeconds(45));
  }

  @Test
  void openingsOfAnOutageAreSharedWhenRedisComes() {
    int port = RedisServer.freePort();
    Replica a = replica("a", "redis://127.0.0.1:" + port);
    Replica b = replica("b", "redis://127.0.0.1:" + port);
    for (int i = 0; i < 5; i++) {
      Objects.requireNonNull(a.breaker().acquire()).failure("timeout", Duration.ofSeconds(60));
    }
    assertThat(a.breaker().state()).isEqualTo(State.OPEN);
    assertThat(b.breaker().state()).isEqualTo(State.CLOSED);

    toClose.add(RedisServer.startAt(port));

    within(SOON).until(() -> b.breaker().state() == State.OPEN);
    assertThat(a.breaker().state()).isEqualTo(State.OPEN);
  }

  @Test
  void readOnlyRedisIsNoneUntilItIsPromoted() {
    RedisServer master = server();
    RedisServer server = server();
    List<Replica> all = three(server.url());

    server.command("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));
    fail(all.get(0));
    within(SOON).until(() -> all.get(0).breaker().state() == State.OPEN);
    assertThat(all.get(1).breaker().state()).isEqualTo(State.CLOSED);
    server.command("REPLICAOF", "NO", "ONE");

    within(SOON).until(() -> all.stream().allMatch(replica -> replica.breaker().isShared()));
  }

  @Test
  void clusterKeepsEachBreakerTogether() {
    List<RedisServer> nodes = RedisServer.startCluster();
    toClose.addAll(nodes);
    List<Replica> all =
        three("redis://127.0.0.1:" + nodes.get(1).port() + ",127.0.0.1:" + nodes.get(2).port());

    fail(all.get(2));
    within(SOON).until(() -> all(all, State.OPEN));
    within(OPEN.plus(SOON)).until(() -> all(all, State.HALF_OPEN));

    assertThat(closeByProbes(all)).isEqualTo(2);
  }

  @Test
  void sentinelsFailoverKeepsTheState() {
    RedisServer master = server();
    RedisServer standby = server("--replicaof", "127.0.0.1", Integer.toString(master.port()));
    List<RedisServer> sentinels = RedisServer.startSentinels("main", master.port());
    toClose.addAll(sentinels);
    List<Replica> all =
        three(
            "redis://"
                + String.join(",", sentinels.stream().map(s -> "127.0.0.1:" + s.port()).toList())
                + "?master=main");
    for (int i = 0; i < 5; i++) {
      Objects.requireNonNull(all.get(0).breaker().acquire())
          .failure("rate_limited", Duration.ofSeconds(120));
    }
    within(SOON).until(() -> all(all, State.OPEN));

    master.kill();
    await()
        .atMost(Duration.ofSeconds(20))
        .until(
            () -> standby.command("ROLE") instanceof List<?> role && "master".equals(role.get(0)));
    await()
        .atMost(Duration.ofSeconds(10))
        .until(() -> all.stream().allMatch(replica -> replica.breaker().isShared()));

    assertThat(all(all, State.OPEN)).isTrue();
    assertThat(all.get(2).breaker().retryAfter()).isGreaterThan(Duration.ofSeconds(80));
  }
}
