package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.PostgresServer;
import io.aigateway.packaged.Http.Reply;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A database that is away for half a minute: frozen, and gone. */
@Tag("measurement")
class DatabaseOutageIT {
  private static final Duration OUTAGE = Duration.ofSeconds(30);
  private static final PostgresServer POSTGRES = PostgresServer.own();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private static GatewayProcess gateway;
  private static AdminCalls admin;

  @BeforeAll
  static void start() {
    gateway =
        GatewayProcess.gateway()
            .env("DATABASE_URL", POSTGRES.newDatabase())
            .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
            .start();
    admin = AdminCalls.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void frozen() {
    outage("frozen", POSTGRES::freeze, POSTGRES::thaw);
  }

  @Test
  void gone() {
    outage("gone", POSTGRES::kill, POSTGRES::restart);
  }

  private static Reply unknown() {
    return AdminCalls.chat(gateway, "gw-nobody-" + NUMBER.incrementAndGet(), "demo");
  }

  private static void outage(String name, Runnable goes, Runnable comes) {
    String key = admin.tenant("known-" + name, ",\"rate_limit_rpm\":null");
    assertThat(AdminCalls.chat(gateway, key, "demo").status()).isEqualTo(200);
    goes.run();
    long began = System.nanoTime();
    long slowest = 0;
    int calls = 0;
    try {
      while (System.nanoTime() - began < OUTAGE.toNanos()) {
        long asked = System.nanoTime();
        assertThat(AdminCalls.chat(gateway, key, "demo").status()).isEqualTo(200);
        slowest = Math.max(slowest, System.nanoTime() - asked);
        calls++;
        Reply unknown = unknown();
        assertThat(unknown.status()).as(unknown.body()).isEqualTo(503);
        assertThat(unknown.header("retry-after")).isNotEmpty();
        Reply read = admin.get("/admin/tenants");
        assertThat(read.status()).as(read.body()).isEqualTo(503);
        assertThat(read.header("retry-after")).isNotEmpty();
        Reply written = admin.post("/admin/tenants", "{}");
        assertThat(written.status()).as(written.body()).isEqualTo(503);
        assertThat(written.header("retry-after")).isNotEmpty();
      }
    } finally {
      comes.run();
    }
    long back = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(20))
        .atMost(Duration.ofSeconds(10))
        .until(() -> admin.get("/admin/tenants").status() == 200 && unknown().status() == 401);
    Duration took = Duration.ofNanos(System.nanoTime() - back);
    System.out.printf(
        "%s: %d calls with a known key, the slowest took %d ms; back after %d ms%n",
        name, calls, Duration.ofNanos(slowest).toMillis(), took.toMillis());

    assertThat(took).isLessThan(Duration.ofSeconds(2));
    assertThat(admin.post("/admin/tenants", "{}").status()).isEqualTo(201);
    assertThat(AdminCalls.chat(gateway, key, "demo").status()).isEqualTo(200);
  }
}
