package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.PostgresServer;
import io.aigateway.fake.RedisServer;
import io.aigateway.packaged.Http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Two replicas on one PostgreSQL and one Redis. */
class TenantsIT {
  private static final PostgresServer POSTGRES = PostgresServer.own();
  private static final RedisServer REDIS = RedisServer.start();

  /** So few that even a busy machine answers each within the time a request waits for Redis. */
  private static final ExecutorService CALLERS = Executors.newFixedThreadPool(4);

  private static String database;
  private static GatewayProcess one;
  private static GatewayProcess two;
  private static AdminCalls admin;

  @BeforeAll
  static void start() {
    database = POSTGRES.newDatabase();
    one = replica().launch();
    two = replica().launch();
    one.awaitReady();
    two.awaitReady();
    admin = AdminCalls.of(one);
  }

  private static GatewayProcess.Setup replica() {
    return GatewayProcess.gateway()
        .env("DATABASE_URL", database)
        .env("REDIS_URL", REDIS.url())
        .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
        .env("LOG_LEVEL", "debug");
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    REDIS.close();
    CALLERS.shutdownNow();
  }

  private static int chat(GatewayProcess at, String key) {
    return AdminCalls.chat(at, key, "demo").status();
  }

  @Test
  void keyRevokedOnOneReplicaIsRefusedByTheOtherWithinASecond() {
    String key = admin.tenant("revoked", "");
    assertThat(chat(two, key)).isEqualTo(200);
    String id = admin.json("/admin/tenants/revoked/keys").at("/data/0/id").asText();

    admin.delete("/admin/tenants/revoked/keys/" + id);

    assertThat(chat(one, key)).isEqualTo(401);
    await().atMost(Duration.ofSeconds(1)).until(() -> chat(two, key) == 401);
  }

  @Test
  void limitIsExactOverBothReplicas() {
    List<Reply> replies = List.of();
    for (int attempt = 0; attempt < 20; attempt++) {
      replies = sixty(admin.tenant("limited-" + attempt, ",\"rate_limit_rpm\":30"));
      if (replies.stream().allMatch(reply -> reply.header("x-ratelimit-limit").equals("30"))) {
        break;
      }
      // Redis took longer than a request waits: a replica went by its share alone
    }

    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSizeBetween(29, 31);
    Reply refused =
        replies.stream().filter(reply -> reply.status() == 429).findFirst().orElseThrow();
    assertThat(refused.json().at("/error/code").asText()).isEqualTo("rate_limit_exceeded");
    assertThat(refused.header("x-ratelimit-limit")).isEqualTo("30");
    assertThat(refused.header("x-ratelimit-remaining")).isEqualTo("0");
    assertThat(Integer.parseInt(refused.header("retry-after"))).isBetween(30, 60);
    assertThat(Metrics.of(one).value("aigateway_rate_limit_hits_total", "tenant_id=\"limited-"))
        .isGreaterThan(0);
  }

  private static List<Reply> sixty(String key) {
    List<CompletableFuture<Reply>> asked = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      GatewayProcess at = i % 2 == 0 ? one : two;
      asked.add(CompletableFuture.supplyAsync(() -> AdminCalls.chat(at, key, "demo"), CALLERS));
    }
    return asked.stream().map(CompletableFuture::join).toList();
  }

  @Test
  void requestsAtOnceAreCountedOverBothReplicas() {
    String key = admin.tenant("narrow", ",\"max_concurrency\":2");
    List<CompletableFuture<Reply>> asked = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      GatewayProcess at = i % 2 == 0 ? one : two;
      asked.add(
          CompletableFuture.supplyAsync(
              () -> AdminCalls.chat(at, key, "demo-slow"), task -> new Thread(task).start()));
    }

    List<Reply> replies = asked.stream().map(CompletableFuture::join).toList();

    assertThat(replies.stream().filter(reply -> reply.status() == 200)).hasSize(2);
    assertThat(replies.stream().filter(reply -> reply.status() == 429)).hasSize(4);
    await().atMost(Duration.ofSeconds(5)).until(() -> chat(two, key) == 200);
  }

  @Test
  void databaseThatIsAwayKeepsNobodyOutWhoIsKnown() {
    String key = admin.tenant("steady", ",\"rate_limit_rpm\":null");
    assertThat(chat(one, key)).isEqualTo(200);

    POSTGRES.freeze();
    try {
      await()
          .atMost(Duration.ofSeconds(15))
          .until(() -> Http.get(one, "/health/ready").body().contains("degraded"));
      assertThat(chat(one, key)).isEqualTo(200);
      Reply unknown = AdminCalls.chat(one, "gw-nobody-knows-this-key", "demo");
      assertThat(unknown.status()).isEqualTo(503);
      assertThat(unknown.header("retry-after")).isNotEmpty();
      Reply asked = admin.get("/admin/tenants");
      assertThat(asked.status()).isEqualTo(503);
      assertThat(asked.header("retry-after")).isNotEmpty();
      assertThat(asked.body()).doesNotContain("SQL", "postgres", "jdbc", "Hikari");
      assertThat(Http.get(one, "/health/live").status()).isEqualTo(200);
    } finally {
      POSTGRES.thaw();
    }
    await().atMost(Duration.ofSeconds(5)).until(() -> admin.get("/admin/tenants").status() == 200);
    assertThat(AdminCalls.chat(one, "gw-nobody-knows-this-key", "demo").status()).isEqualTo(401);
  }

  @Test
  void keysAndPasswordsAreNowhereToBeFound() {
    String key =
        Http.send(
                admin
                    .request("POST", "/admin/tenants", "{\"id\":\"canary\"}")
                    .header("idempotency-key", "canary-1"))
            .json()
            .path("api_key")
            .asText();
    assertThat(chat(one, key)).isEqualTo(200);
    assertThat(chat(two, key)).isEqualTo(200);

    assertThat(POSTGRES.dump(database)).contains("canary").doesNotContain(key, AdminCalls.PASSWORD);
    for (GatewayProcess replica : List.of(one, two)) {
      assertThat(replica.log()).doesNotContain(key, AdminCalls.PASSWORD, "postgres:postgres");
      assertThat(Http.get(replica, "/metrics").body()).doesNotContain(key);
    }
    assertThat(
            admin.get("/admin/tenants/canary").body()
                + admin.get("/admin/tenants/canary/keys").body()
                + admin.get("/admin/audit").body())
        .doesNotContain(key);
  }

  @Test
  void breakerIsForcedByHand() {
    Reply open = admin.post("/admin/providers/demo/breaker", "{\"state\":\"open\"}");
    try {
      assertThat(open.json().path("state").asText()).isEqualTo("forced_open");
      assertThat(AdminCalls.chat(one, GatewayProcess.KEY, "demo").status()).isEqualTo(503);
      assertThat(admin.post("/admin/providers/demo/breaker", "{\"state\":\"x\"}").status())
          .isEqualTo(400);
      assertThat(admin.post("/admin/providers/nobody/breaker", "{\"state\":\"open\"}").status())
          .isEqualTo(404);
    } finally {
      admin.post("/admin/providers/demo/breaker", "{\"state\":\"auto\"}");
    }
    assertThat(AdminCalls.chat(one, GatewayProcess.KEY, "demo").status()).isEqualTo(200);
  }

  @Test
  void startWithoutItsDatabaseWaitsUnreadyAndWritesNeedASharedOne() {
    int port = RedisServer.freePort();
    int nobody = RedisServer.freePort();
    try (GatewayProcess lonely =
            GatewayProcess.gateway()
                .port(port)
                .env("DATABASE_URL", "postgres://u:hidden-password@127.0.0.1:" + nobody + "/db")
                .launch();
        GatewayProcess separate =
            GatewayProcess.gateway()
                .env("REDIS_URL", REDIS.url())
                .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
                .start()) {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> Http.get(lonely, "/health/live").status() == 200);
      Reply ready = Http.get(lonely, "/health/ready");
      assertThat(ready.status()).isEqualTo(503);
      assertThat(lonely.log()).doesNotContain("hidden-password");

      Reply written = AdminCalls.of(separate).post("/admin/tenants", "{\"id\":\"x\"}");
      assertThat(written.status()).isEqualTo(503);
      assertThat(written.json().at("/error/code").asText()).isEqualTo("database_required");
      assertThat(AdminCalls.of(separate).get("/admin/tenants").status()).isEqualTo(200);
    }
  }
}
