package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.RedisServer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.stream.IntStream;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;

/** Does any caller notice what happens to Redis? And do breakers work all the while? */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RedisOutagesIT {
  /** Seconds; it takes less than 2, but for a machine that is busy with other tests. */
  private static final int BACK = 8;

  private static final String PASSWORD = "canary-redis-password";

  private static final FakeProvider FAKE = new FakeProvider();
  private static final RedisServer REDIS = RedisServer.start("--requirepass", PASSWORD);
  private static GatewayProcess a = launch("a", PASSWORD, "none");
  private static GatewayProcess b = launch("b", PASSWORD, "redis");

  /** It has another password than Redis, at first. */
  private static GatewayProcess stranger = launch("s", PASSWORD + "-wrong", "none");

  private static GatewayProcess launch(String name, String password, String checks) {
    return GatewayProcess.gateway()
        .env("OPENAI_API_KEY", "sk-canary")
        .env("OPENAI_BASE_URL", FAKE.openAiUrl())
        .env("POD_NAME", name)
        .env("REDIS_URL", "redis://:" + password + "@127.0.0.1:" + REDIS.port())
        .env("USE_DISTRIBUTED_CB", "true")
        .env("READINESS_CHECKS", checks)
        .env("BREAKER_OPEN", "2")
        .launch();
  }

  @BeforeAll
  static void ready() {
    a.awaitReady();
    b.awaitReady();
    stranger.awaitReady();
  }

  @AfterAll
  static void stop() {
    a.close();
    b.close();
    stranger.close();
    REDIS.close();
    FAKE.close();
  }

  @BeforeEach
  void reset() {
    REDIS.thaw();
    within(BACK).until(() -> up(a) == 1 && up(b) == 1);
    FAKE.clear().always(Behaviour.answer("fine"));
  }

  private static ConditionFactory within(int seconds) {
    return await()
        .atMost(Duration.ofSeconds(seconds))
        .pollInterval(Duration.ofMillis(20))
        .ignoreExceptions();
  }

  private static double up(GatewayProcess gateway) {
    return Metrics.of(gateway).value("aigateway_shared_state_up", "");
  }

  private static String state(GatewayProcess gateway) {
    return SharedBreakersIT.breaker(gateway).path("state").asText();
  }

  private static void callUntilOpen(GatewayProcess gateway) {
    FAKE.always(Behaviour.status(500));
    within(10)
        .until(
            () -> {
              Http.chat(gateway, "gpt-4o", false);
              return state(gateway).equals("open");
            });
    FAKE.always(Behaviour.answer("fine"));
  }

  private static void callUntilClosed(GatewayProcess... gateways) {
    within(15)
        .until(
            () -> {
              boolean closed = true;
              for (GatewayProcess gateway : gateways) {
                Http.chat(gateway, "gpt-4o", false);
                closed &= state(gateway).equals("closed");
              }
              return closed;
            });
  }

  /** The shortest of some answers: a busy machine makes the others longer. */
  private static Duration quickest(int times, String path) {
    long shortest = Long.MAX_VALUE;
    for (int i = 0; i < times; i++) {
      long started = System.nanoTime();
      Http.get(b, path);
      shortest = Math.min(shortest, System.nanoTime() - started);
    }
    return Duration.ofNanos(shortest);
  }

  private static long said(GatewayProcess gateway, String text) {
    return gateway.lines().stream().filter(line -> line.contains(text)).count();
  }

  @Test
  @Order(1)
  void wrongPasswordIsSaidOnceAndTheGatewayServesAlone() {
    assertThat(Http.chat(stranger, "gpt-4o", false).status()).isEqualTo(200);
    assertThat(up(stranger)).isZero();
    assertThat(up(a)).isEqualTo(1);
    callUntilOpen(stranger);
    assertThat(state(a)).isEqualTo("closed");
    callUntilClosed(stranger);
    assertThat(said(stranger, "Redis refuses the credentials")).isEqualTo(1);
  }

  @Test
  @Order(2)
  void frozenRedisIsNoticedByNoCaller() {
    try (Load load = new Load(100, a, b)) {
      within(10).until(() -> FAKE.calls().size() > 200);
      load.take();

      REDIS.freeze();
      within(BACK).until(() -> up(a) == 0 && up(b) == 0);
      assertThat(Http.get(a, "/health/ready").status()).isEqualTo(200);
      assertThat(Http.get(a, "/health/ready").json().path("status").asText()).isEqualTo("degraded");
      assertThat(Http.get(b, "/health/ready").status()).isEqualTo(503);
      assertThat(Http.get(b, "/health/ready").json().path("reason").asText())
          .isEqualTo("redis is down");
      assertThat(quickest(10, "/health")).isLessThan(Duration.ofMillis(50));
      assertThat(quickest(10, "/health/ready")).isLessThan(Duration.ofMillis(50));
      await().pollDelay(Duration.ofSeconds(6)).until(() -> true);
      List<Load.Ended> calls = load.take();
      REDIS.thaw();
      within(BACK).until(() -> up(a) == 1 && up(b) == 1);
      assertThat(Http.get(b, "/health/ready").status()).isEqualTo(200);

      assertThat(calls).hasSizeGreaterThan(300).allMatch(call -> call.status() == 200);
      assertThat(load.take()).allMatch(call -> call.status() == 200);
    }
  }

  @Test
  @Order(3)
  void breakersWorkAloneWhileRedisIsFrozenAndAgreeAfter() {
    REDIS.freeze();
    within(BACK).until(() -> up(a) == 0 && up(b) == 0);

    callUntilOpen(a);
    assertThat(state(b)).isEqualTo("closed");
    callUntilClosed(a);
    callUntilOpen(a);
    REDIS.thaw();

    within(BACK).until(() -> !state(b).equals("closed"));
    callUntilClosed(a, b);
  }

  @Test
  @Order(4)
  void killedRedisThatComesBackEmptyIsUsedAgain() {
    try (Load load = new Load(50, a, b)) {
      REDIS.kill();
      within(BACK).until(() -> up(a) == 0 && up(b) == 0);
      REDIS.restart();
      within(BACK).until(() -> up(a) == 1 && up(b) == 1);
      assertThat(load.take()).allMatch(call -> call.status() == 200);
    }

    callUntilOpen(a);
    within(BACK).until(() -> !state(b).equals("closed"));
    callUntilClosed(a, b);
  }

  @Test
  @Order(5)
  void refusedRequestsAndLeavingCallersNeverOpenIt() throws InterruptedException {
    int requests = Integer.getInteger("gateway.refusals", 1000);
    FAKE.always(Behaviour.status(400));
    Semaphore under = new Semaphore(16);
    IntStream.range(0, requests)
        .parallel()
        .forEach(
            i -> {
              under.acquireUninterruptibly();
              try {
                assertThat(Http.chat(i % 2 == 0 ? a : b, "gpt-4o", false).status()).isEqualTo(400);
              } finally {
                under.release();
              }
            });
    FAKE.clear().always(Behaviour.answer("one two").silentAfter(1));
    IntStream.range(0, requests)
        .parallel()
        .forEach(
            i -> {
              try (RawCaller caller = new RawCaller(i % 2 == 0 ? a : b).chat("gpt-4o", true)) {
                caller.awaitText("one");
              }
            });
    FAKE.awaitOpenCalls(0, Duration.ofSeconds(10));

    for (GatewayProcess gateway : List.of(a, b)) {
      assertThat(state(gateway)).isEqualTo("closed");
    }
  }

  @Test
  @Order(6)
  void outagesAreSaidOnceAndWithoutSecrets() {
    for (GatewayProcess gateway : List.of(a, b, stranger)) {
      assertThat(gateway.log()).doesNotContain("canary", "org.redisson", "RedisException");
    }
    // two freezes and a kill
    assertThat(said(a, "each replica goes on alone until it is back")).isBetween(3L, 8L);
  }

  @Test
  @Order(7)
  void killedReplicaDoesNotKeepTheProbe() {
    callUntilOpen(a);
    within(BACK).until(() -> !state(b).equals("closed"));
    FAKE.clear().always(Behaviour.answer("one two").silentAfter(1));
    try (RawCaller probe = probing()) {
      assertThat(FAKE.calls()).hasSize(1);
      assertThat(probe.isClosedWithin(Duration.ofMillis(100))).isFalse();
      long killed = System.nanoTime();
      a.close();

      FAKE.always(Behaviour.answer("fine"));
      within(15).until(() -> Http.chat(b, "gpt-4o", false).status() == 200);

      assertThat(Duration.ofNanos(System.nanoTime() - killed)).isLessThan(Duration.ofSeconds(10));
    }
  }

  /** A caller of the first gateway whose stream is the probe. */
  private static RawCaller probing() {
    RawCaller[] probing = new RawCaller[1];
    within(10)
        .until(
            () -> {
              RawCaller caller = new RawCaller(a).chat("gpt-4o", true, "connection: close");
              try {
                caller.awaitText("one");
                probing[0] = caller;
                return true;
              } catch (AssertionError e) {
                caller.close();
                return false;
              }
            });
    return probing[0];
  }
}
