package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.PostgresServer;
import io.aigateway.fake.RedisServer;
import io.aigateway.packaged.Http.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Three replicas on one Redis, asked by 200 callers at once. Where libfaketime is installed, their
 * clocks are five seconds apart.
 */
@Tag("measurement")
class ClusterLimitsIT {
  private static final int CALLERS = 200;
  private static final Duration MINUTE = Duration.ofSeconds(60);
  private static final PostgresServer POSTGRES = PostgresServer.shared();
  private static final RedisServer REDIS = RedisServer.start();
  private static final FakeProvider PROVIDER = new FakeProvider();
  private static final ExecutorService THREADS = Executors.newCachedThreadPool();

  private static final List<GatewayProcess> REPLICAS = new ArrayList<>();
  private static AdminCalls admin;

  @BeforeAll
  static void start() {
    String database = POSTGRES.newDatabase();
    Optional<Path> faketime = faketime();
    System.out.println("clocks of the replicas apart: " + faketime.isPresent());
    for (String skew : List.of("+0s", "+5s", "-5s")) {
      REPLICAS.add(replica(database, skew, faketime).launch());
    }
    REPLICAS.forEach(GatewayProcess::awaitReady);
    admin = AdminCalls.of(REPLICAS.get(0));
    String key = admin.tenant("warm", ",\"rate_limit_rpm\":1000000");
    at200(key, "gpt-4o");
  }

  private static Optional<Path> faketime() {
    return Stream.of("x86_64-linux-gnu", "aarch64-linux-gnu")
        .map(machine -> Path.of("/usr/lib", machine, "faketime", "libfaketimeMT.so.1"))
        .filter(Files::exists)
        .findFirst();
  }

  private static GatewayProcess.Setup replica(
      String database, String skew, Optional<Path> faketime) {
    GatewayProcess.Setup setup =
        GatewayProcess.gateway()
            .env("DATABASE_URL", database)
            .env("REDIS_URL", REDIS.url())
            .env("OPENAI_API_KEY", "sk-of-a-fake")
            .env("OPENAI_BASE_URL", PROVIDER.openAiUrl())
            .env("ADMIN_PASSWORD", AdminCalls.PASSWORD);
    faketime.ifPresent(
        library ->
            setup
                .env("LD_PRELOAD", library.toString())
                .env("FAKETIME", skew)
                .env("FAKETIME_DONT_FAKE_MONOTONIC", "1")
                // what it does for waiting threads keeps a JVM's from ever waking up
                .env("FAKETIME_FORCE_MONOTONIC_FIX", "0"));
    return setup;
  }

  @AfterAll
  static void stop() {
    REPLICAS.forEach(GatewayProcess::close);
    REDIS.close();
    PROVIDER.close();
    THREADS.shutdownNow();
  }

  @BeforeEach
  void provider() {
    PROVIDER.clear().always(Behaviour.answer("Hello"));
  }

  /** One call, and when it was under way. */
  private record Asked(int status, String retryAfter, long beganNanos, long endedNanos) {}

  private static Asked ask(int replica, String key, String model) {
    long began = System.nanoTime();
    Reply reply =
        Http.send(
            HttpRequest.newBuilder(REPLICAS.get(replica).uri(Http.CHAT))
                .timeout(Duration.ofSeconds(90))
                .header("content-type", "application/json")
                .header("x-api-key", key)
                .POST(BodyPublishers.ofString(Http.body(model, false))));
    return new Asked(reply.status(), reply.header("retry-after"), began, System.nanoTime());
  }

  /** All callers at the same moment, each at one of the replicas. */
  private static List<Asked> at200(String key, String model) {
    CyclicBarrier barrier = new CyclicBarrier(CALLERS);
    List<CompletableFuture<Asked>> all = new ArrayList<>();
    for (int i = 0; i < CALLERS; i++) {
      int replica = i % REPLICAS.size();
      all.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  barrier.await();
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
                return ask(replica, key, model);
              },
              THREADS));
    }
    return all.stream().map(CompletableFuture::join).toList();
  }

  private static long granted(List<Asked> all) {
    assertThat(all).allMatch(each -> each.status() == 200 || each.status() == 429);
    return all.stream().filter(each -> each.status() == 200).count();
  }

  @Test
  void hundredAMinuteLetsAHundredThroughAlsoOverTheBorderOfTheWindow() {
    String key = admin.tenant("hundred", ",\"rate_limit_rpm\":100");

    List<Asked> first = at200(key, "gpt-4o");
    System.out.println("granted of 200 at once: " + granted(first));
    assertThat(granted(first)).isBetween(99L, 101L);
    assertThat(PROVIDER.calls()).hasSize((int) granted(first));

    // over the border: as often as it goes, until the next hundred are through
    List<Asked> all = new ArrayList<>(first);
    long oldest = first.stream().mapToLong(Asked::beganNanos).min().orElseThrow();
    List<CompletableFuture<List<Asked>>> hammering = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      int replica = i % REPLICAS.size();
      hammering.add(
          CompletableFuture.supplyAsync(
              () -> {
                List<Asked> mine = new ArrayList<>();
                await()
                    .pollInterval(Duration.ofMillis(100))
                    .atMost(Duration.ofSeconds(100))
                    .until(
                        () -> {
                          mine.add(ask(replica, key, "gpt-4o"));
                          return System.nanoTime() - oldest > MINUTE.plusSeconds(8).toNanos();
                        });
                return mine;
              },
              THREADS));
    }
    hammering.forEach(each -> all.addAll(each.join()));

    System.out.println("granted in 68 s: " + granted(all) + " of " + all.size());
    assertThat(granted(all)).isBetween(198L, 202L);
    // no minute has more than a hundred, and one for what the clocks here can't tell
    List<Asked> through =
        all.stream()
            .filter(each -> each.status() == 200)
            .sorted(Comparator.comparingLong(Asked::endedNanos))
            .toList();
    for (int i = 101; i < through.size(); i++) {
      long apart = through.get(i).endedNanos() - through.get(i - 101).beganNanos();
      assertThat(apart).isGreaterThan(MINUTE.toNanos());
    }
  }

  @Test
  void whoWaitsAsLongAsToldGetsThrough() {
    String key = admin.tenant("waits", ",\"rate_limit_rpm\":2");
    assertThat(ask(0, key, "gpt-4o").status()).isEqualTo(200);
    assertThat(ask(1, key, "gpt-4o").status()).isEqualTo(200);
    Asked refused = ask(2, key, "gpt-4o");
    assertThat(refused.status()).isEqualTo(429);
    Duration told = Duration.ofSeconds(Long.parseLong(refused.retryAfter()));
    assertThat(told).isBetween(Duration.ofSeconds(55), MINUTE);

    await()
        .pollDelay(told.minusSeconds(2))
        .atMost(told)
        .until(() -> ask(1, key, "gpt-4o").status() == 429);
    await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> System.nanoTime() - refused.endedNanos() >= told.toNanos());
    assertThat(ask(2, key, "gpt-4o").status()).isEqualTo(200);
  }

  @Test
  void fiftyAtOnceAreFiftyAndADeadReplicasSlotsGetFree() {
    String key = admin.tenant("fifty", ",\"rate_limit_rpm\":null,\"max_concurrency\":50");
    PROVIDER.always(Behaviour.answer("Hello").slowFirstByte(Duration.ofSeconds(5)));

    List<Asked> all = at200(key, "gpt-4o");
    System.out.println(
        "granted of 200 at once: "
            + granted(all)
            + ", at the provider: "
            + PROVIDER.mostOpenCalls());
    assertThat(granted(all)).isBetween(49L, 51L);
    assertThat(PROVIDER.mostOpenCalls()).isBetween(49, 50);

    // thirty slots of the replica that is killed, twenty of the others
    PROVIDER.clear().always(Behaviour.answer("Hello").slowFirstByte(Duration.ofSeconds(50)));
    for (int i = 0; i < 50; i++) {
      int replica = i < 30 ? 2 : i % 2;
      THREADS.execute(() -> ignored(replica, key));
    }
    PROVIDER.awaitOpenCalls(50, Duration.ofSeconds(20));
    assertThat(ask(0, key, "gpt-4o").status()).isEqualTo(429);
    REPLICAS.remove(2).close();
    long killed = System.nanoTime();
    PROVIDER.always(Behaviour.answer("Hello"));
    await()
        .pollInterval(Duration.ofMillis(100))
        .atMost(Duration.ofSeconds(20))
        .until(() -> ask(1, key, "gpt-4o").status() == 200);
    Duration took = Duration.ofNanos(System.nanoTime() - killed);
    System.out.printf("slots free after %d ms%n", took.toMillis());
    assertThat(took).isLessThan(Duration.ofSeconds(16));

    PROVIDER.always(Behaviour.answer("Hello").slowFirstByte(Duration.ofSeconds(4)));
    long again = granted(at200(key, "gpt-4o"));
    System.out.println("granted after the kill: " + again);
    assertThat(again).isBetween(29L, 31L);
    assertThat(PROVIDER.mostOpenCalls()).isLessThanOrEqualTo(50);
  }

  private static void ignored(int replica, String key) {
    try {
      ask(replica, key, "gpt-4o");
    } catch (AssertionError e) {
      // its replica was killed
    }
  }
}
