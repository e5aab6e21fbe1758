package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
