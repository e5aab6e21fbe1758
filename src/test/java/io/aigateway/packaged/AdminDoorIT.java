package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.PostgresServer;
import io.aigateway.fake.RedisServer;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where the admin API is, who gets in at first, and what its database means for readiness. */
class AdminDoorIT {

  private static HttpRequest.Builder at(int port, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20))
        .GET();
  }

  @Test
  void addressOfItsOwnHasTheAdminApiAndNothingElse() {
    int aside = RedisServer.freePort();
    try (GatewayProcess gateway =
        GatewayProcess.gateway()
            .env("ADMIN_ADDR", "127.0.0.1:" + aside)
            .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
            .start()) {
      String basic = AdminCalls.basic("admin", AdminCalls.PASSWORD);

      assertThat(AdminCalls.of(gateway).get("/admin/tenants").status()).isEqualTo(404);
      assertThat(AdminCalls.of(gateway).get("/admin").status()).isEqualTo(404);
      assertThat(Http.chat(gateway, "demo", false).status()).isEqualTo(200);
      assertThat(Http.send(at(aside, "/admin/tenants").header("authorization", basic)).status())
          .isEqualTo(200);
      assertThat(Http.send(at(aside, "/admin/tenants")).status()).isEqualTo(401);
      for (String path : List.of("/v1/models", "/health", "/health/ready", "/metrics", "/")) {
        assertThat(Http.send(at(aside, path).header("x-api-key", GatewayProcess.KEY)).status())
            .as(path)
            .isEqualTo(404);
      }
      assertThat(gateway.log()).contains("the admin API is on port " + aside);
    }
  }

  @Test
  void withoutAuthenticationOnlyThisMachineAdministersAndNoProxyOnIt() {
    try (GatewayProcess gateway =
        GatewayProcess.gateway().env("ADMIN_AUTH_ENABLED", "false").start()) {
      AdminCalls anybody = new AdminCalls(gateway, "");

      String key = anybody.tenant("open", "");
      assertThat(AdminCalls.chat(gateway, key, "demo").status()).isEqualTo(200);
      JsonNode audit = anybody.json("/admin/audit").at("/data/0");
      assertThat(audit.path("actor").asText()).isEqualTo("anonymous");
      for (Map.Entry<String, String> header :
          Map.of(
                  "x-forwarded-for", "10.0.0.1",
                  "forwarded", "for=10.0.0.1",
                  "via", "1.1 proxy",
                  "origin", "http://evil.example")
              .entrySet()) {
        assertThat(
                Http.send(
                        anybody
                            .request("GET", "/admin/tenants", "")
                            .header(header.getKey(), header.getValue()))
                    .status())
            .as(header.getKey())
            .isEqualTo(403);
      }
      try (RawCaller elsewhere = new RawCaller(gateway)) {
        elsewhere
            .send("GET /admin/tenants HTTP/1.1\r\nhost: gateway.example\r\n\r\n")
            .awaitText("HTTP/1.1 403 ");
      }
    }
  }

  @Test
  void withoutAuthenticationItStartsOnNoOtherAddress() {
    try (GatewayProcess refused =
        GatewayProcess.gateway()
            .env("ADMIN_AUTH_ENABLED", "false")
            .env("ADDR", "0.0.0.0:0")
            .launch()) {
      assertThat(refused.awaitExit(Duration.ofSeconds(30))).isEqualTo(2);
      assertThat(refused.log()).contains("ADMIN_AUTH_ENABLED=false");
    }
  }

  @Test
  void withoutATerminalItStaysLockedAndSaysHowToOpenIt() {
    try (GatewayProcess gateway = GatewayProcess.gateway().start()) {
      gateway.awaitLog(line -> line.contains("the admin API is locked"), Duration.ofSeconds(20));

      assertThat(gateway.log()).contains("ADMIN_PASSWORD", "user create");
      assertThat(AdminCalls.of(gateway, "admin", "admin").get("/admin/tenants").status())
          .isEqualTo(401);
    }
  }

  @Test
  void personAtTheTerminalIsShownAPasswordAtTheFirstStartOnly(@TempDir Path folder)
      throws Exception {
    assumeTrue(
        System.getProperty("os.name").toLowerCase(Locale.ROOT).contains("linux")
            && Files.isExecutable(Path.of("/usr/bin/script")),
        "needs script of util-linux, to be a terminal");

    int port = RedisServer.freePort();
    String shown = atATerminal(folder, port, true);
    Matcher told = Pattern.compile("admin: user admin, password (\\S+) ").matcher(shown);
    assertThat(told.find()).as(shown).isTrue();
    assertThat(told.group(1)).matches("[A-Za-z0-9_-]{24}");
    assertThat(shown.split(Pattern.quote(told.group(1)), -1)).as("once").hasSize(2);

    assertThat(atATerminal(folder, port, false)).doesNotContain("password ");
  }

  /** Everything that a gateway writes to a terminal until it is stopped. */
  private static String atATerminal(Path folder, int port, boolean first)
      throws IOException, InterruptedException {
    Path screen = folder.resolve("screen-" + first);
    String command =
        Path.of(System.getProperty("java.home"), "bin", "java")
            + " -Xmx256m -XX:TieredStopAtLevel=1 -Dgateway.warm-up.requests=0 -jar "
            + System.getProperty("gateway.jar", "target/ai-gateway.jar");
    ProcessBuilder builder =
        new ProcessBuilder("/usr/bin/script", "-qefc", command, screen.toString())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "ADDR", "127.0.0.1:" + port,
                "DATA_DIR", folder.resolve("data").toString(),
                "PRE_DRAIN", "0",
                "TERM", "dumb",
                "PATH", "/usr/bin:/bin"));
    Process process = builder.start();
    try {
      await()
          .atMost(Duration.ofSeconds(60))
          .ignoreExceptions()
          .until(() -> Http.send(at(port, "/health/ready")).status() == 200);
      if (first) {
        await()
            .atMost(Duration.ofSeconds(20))
            .until(() -> Files.readString(screen).contains("(shown once)"));
        Matcher told = Pattern.compile("password (\\S+) ").matcher(Files.readString(screen));
        assertThat(told.find()).isTrue();
        assertThat(
                Http.send(
                        at(port, "/admin/tenants")
                            .header("authorization", AdminCalls.basic("admin", told.group(1))))
                    .status())
            .isEqualTo(200);
      }
    } finally {
      List<ProcessHandle> all = process.descendants().toList();
      all.forEach(ProcessHandle::destroy);
      for (ProcessHandle each : all) {
        each.onExit().orTimeout(30, java.util.concurrent.TimeUnit.SECONDS).join();
      }
      process.destroy();
      process.waitFor();
    }
    return Files.readString(screen);
  }

  @Test
  void readinessFollowsTheDatabaseOnlyWhereItIsToldTo() {
    PostgresServer postgres = PostgresServer.own();
    String database = postgres.newDatabase();
    try (GatewayProcess strict =
            GatewayProcess.gateway()
                .env("DATABASE_URL", database)
                .env("READINESS_CHECKS", "database")
                .launch();
        GatewayProcess usual = GatewayProcess.gateway().env("DATABASE_URL", database).launch()) {
      strict.awaitReady();
      usual.awaitReady();
      await().atMost(Duration.ofSeconds(20)).until(() -> ready(strict).equals("200 ready up"));

      postgres.freeze();
      try {
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> ready(strict).equals("503 not_ready down"));
        await()
            .atMost(Duration.ofSeconds(30))
            .until(() -> ready(usual).equals("200 degraded down"));
        assertThat(Http.get(strict, "/health/live").status()).isEqualTo(200);
        assertThat(Http.chat(strict, "demo", false).status()).as("it still serves").isEqualTo(200);
      } finally {
        postgres.thaw();
      }
      await().atMost(Duration.ofSeconds(15)).until(() -> ready(strict).equals("200 ready up"));
      await().atMost(Duration.ofSeconds(15)).until(() -> ready(usual).equals("200 ready up"));
    }
  }

  private static String ready(GatewayProcess gateway) {
    Http.Reply reply = Http.get(gateway, "/health/ready");
    return reply.status()
        + " "
        + reply.json().path("status").asText()
        + " "
        + reply.json().at("/checks/database/status").asText();
  }
}
