package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.PostgresServer;
import io.aigateway.packaged.CommandLine.Outcome;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line of the packaged jar, before and beside a running gateway. */
class CommandLineIT {

  @Test
  void databaseIsMadeReadyByCommandsAndServedByTheGatewayThatFollowsThem() {
    String database = PostgresServer.shared().newDatabase();
    CommandLine line = new CommandLine(Map.of("DATABASE_URL", database, "POD_NAME", "laptop"));
    Outcome made = line.run("tenant", "create", "early");
    assertThat(made.code()).as(made.err()).isZero();
    assertThat(made.err()).isEmpty();
    Outcome user = line.typing("canary-password-1\n", "user", "create", "root", "--role", "admin");
    assertThat(user.code()).as(user.err()).isZero();

    try (GatewayProcess gateway =
        GatewayProcess.gateway().env("DATABASE_URL", database).env("LOG_LEVEL", "debug").start()) {
      assertThat(AdminCalls.chat(gateway, made.key(), "demo").status()).isEqualTo(200);
      AdminCalls admin = AdminCalls.of(gateway, "root", "canary-password-1");
      assertThat(admin.get("/admin/tenants/early").status()).isEqualTo(200);

      String late = line.run("tenant", "create", "late").key();
      assertThat(AdminCalls.chat(gateway, late, "demo").status()).isEqualTo(200);
      Outcome rotated = line.run("tenant", "rotate", "late");
      await()
          .atMost(Duration.ofSeconds(1))
          .until(() -> AdminCalls.chat(gateway, late, "demo").status() == 401);
      assertThat(AdminCalls.chat(gateway, rotated.key(), "demo").status()).isEqualTo(200);
      line.run("tenant", "disable", "late");
      await()
          .atMost(Duration.ofSeconds(1))
          .until(() -> AdminCalls.chat(gateway, rotated.key(), "demo").status() == 401);

      String audit = admin.get("/admin/audit").body();
      assertThat(audit).contains("\"actor\":\"command line\"", "\"address\":\"laptop\"");
      assertThat(audit + gateway.log() + PostgresServer.shared().dump(database))
          .doesNotContain(made.key(), late, rotated.key(), "canary-password-1");
    }
  }

  @Test
  void everythingSealedIsReadableUnderANewKeyAlone() {
    String database = PostgresServer.shared().newDatabase();
    String old = "canary-old-encryption-key-000000";
    String fresh = "canary-new-encryption-key-000000";
    String secret = "sk-canary-of-a-tenant";
    try (FakeProvider provider = new FakeProvider()) {
      provider.always(Behaviour.answer("Hello."));
      GatewayProcess.Setup setup =
          GatewayProcess.gateway()
              .env("DATABASE_URL", database)
              .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
              .env("OPENAI_BASE_URL", provider.openAiUrl());
      String key;
      try (GatewayProcess before = setup.env("ENCRYPTION_KEY", old).start()) {
        key = create(before).json().path("api_key").asText();
        assertThat(key).startsWith("gw-");
        AdminCalls.of(before)
            .put("/admin/tenants/acme/credentials/openai", "{\"api_key\":\"" + secret + "\"}");
      }

      Outcome done =
          new CommandLine(
                  Map.of(
                      "DATABASE_URL", database,
                      "ENCRYPTION_KEY", fresh,
                      "ENCRYPTION_KEY_PREVIOUS", old))
              .run("reencrypt");

      assertThat(done.code()).as(done.err()).isZero();
      assertThat(done.out())
          .contains("credentials: 1 encrypted anew, 0 already were, 0 can't be read")
          .contains("answers kept for a day: 1 encrypted anew, 0 already were, 0 can't be read");
      assertThat(done.out() + PostgresServer.shared().dump(database))
          .doesNotContain(old, fresh, secret, key);
      try (GatewayProcess after = setup.env("ENCRYPTION_KEY", fresh).start()) {
        assertThat(AdminCalls.chat(after, key, "openai/gpt-4o").status()).isEqualTo(200);
        assertThat(provider.lastCall().header("authorization")).isEqualTo("Bearer " + secret);
        assertThat(create(after).json().path("api_key").asText()).as("repeated").isEqualTo(key);
      }
    }
  }

  private static Http.Reply create(GatewayProcess gateway) {
    return Http.send(
        AdminCalls.of(gateway)
            .request("POST", "/admin/tenants", "{\"id\":\"acme\"}")
            .header("idempotency-key", "once"));
  }

  @Test
  void fileThatAGatewayHasOpenIsSaidToBeInUse(@TempDir Path folder) {
    CommandLine line = new CommandLine(Map.of("DATA_DIR", folder.toString()));
    String key = line.run("tenant", "create", "early").key();

    try (GatewayProcess gateway =
        GatewayProcess.gateway().env("DATA_DIR", folder.toString()).start()) {
      assertThat(AdminCalls.chat(gateway, key, "demo").status()).isEqualTo(200);

      Outcome refused = line.run("tenant", "list");

      assertThat(refused.code()).isEqualTo(1);
      assertThat(refused.err())
          .hasLineCount(1)
          .contains("the database is in use by another process", "admin API");
      assertThat(refused.out()).isEmpty();
      gateway.terminate();
      assertThat(gateway.awaitExit(Duration.ofSeconds(30))).isZero();
    }
    assertThat(line.run("tenant", "list").out()).contains("early\t");
  }

  @Test
  void helpAndMistakesNeedNothing() {
    CommandLine line = new CommandLine(Map.of());

    Outcome help = line.run("--help");
    assertThat(help.code()).isZero();
    assertThat(help.out()).contains("Usage:", "tenant", "user", "reencrypt");
    assertThat(help.err()).isEmpty();
    Outcome wrong = line.run("tenants");
    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("Usage:");
    assertThat(wrong.out()).isEmpty();
  }
}
