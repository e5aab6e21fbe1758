package io.aigateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import io.aigateway.store.Audit;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import io.aigateway.store.Session;
import io.aigateway.store.Users.User;
import io.aigateway.store.Vault;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.SealedCredential;
import io.aigateway.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandsTest {
  private static final String OLD = "o".repeat(32);
  private static final String NEW = "n".repeat(32);

  @TempDir private Path folder;

  private final Map<String, String> environment = new HashMap<>();

  /** What came of a command. */
  private record Outcome(int code, String out, String err) {}

  @BeforeEach
  void place() {
    environment.put("DATA_DIR", folder.resolve("data").toString());
    environment.put("POD_NAME", "machine");
  }

  private Outcome run(String... arguments) {
    return typing("", arguments);
  }

  private Outcome typing(String input, String... arguments) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    ByteArrayOutputStream err = new ByteArrayOutputStream();
    int code =
        Commands.run(
            arguments,
            environment,
            Terminal.of(
                new ByteArrayInputStream(input.getBytes(StandardCharsets.UTF_8)),
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                () -> false));
    return new Outcome(
        code, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  private <T> T stored(Function<Session, T> question) {
    try (Database database = new Database(storage(Optional.empty(), Optional.empty()), "unused")) {
      assertThat(database.startHere()).isNull();
      return database.change(question);
    }
  }

  private Storage storage(Optional<Secret> key, Optional<Secret> previous) {
    return new Storage(Optional.empty(), Optional.of(folder.resolve("data")), key, previous);
  }

  private static String key(Outcome made) {
    return made.out()
        .lines()
        .filter(line -> line.startsWith("api_key: "))
        .findFirst()
        .orElse("")
        .replace("api_key: ", "");
  }

  @Test
  void tenantIsMadeWithAKeyThatIsShownOnceAndWrittenDownForTheAuditor() {
    Outcome made =
        run("tenant", "create", "acme", "--name", "A co", "--allowed-models", "gpt-*,openai/*");

    assertThat(made.code()).as(made.err()).isZero();
    String key = key(made);
    assertThat(key).matches("gw-[A-Za-z0-9_-]{43}");
    assertThat(made.err()).isEmpty();
    assertThat(run("tenant", "list").out())
        .contains("acme\tA co\ttrue\t60\t-\tgpt-*,openai/*")
        .doesNotContain(key);
    boolean known = stored(session -> session.keys().byHash(KeyText.hexHash(key)).isPresent());
    assertThat(known).isTrue();
    List<Audit.Entry> audit = stored(session -> session.audit().page(Long.MAX_VALUE, "acme", 9));
    assertThat(audit).hasSize(1);
    assertThat(audit.get(0).actor()).isEqualTo("command line");
    assertThat(audit.get(0).action()).isEqualTo("tenant.create");
    assertThat(audit.get(0).address()).isEqualTo("machine");
    assertThat(audit.toString()).doesNotContain(key);
    int told = stored(session -> session.changes().ofLast(Duration.ofMinutes(5)).size());
    assertThat(told).as("for replicas that run").isEqualTo(1);
  }

  @Test
  void keysAreRotatedMadeAndRevoked() throws Exception {
    String first = key(run("tenant", "create", "acme"));
    String second = key(run("tenant", "rotate", "acme", "--grace-seconds", "60"));
    Outcome third = run("key", "create", "acme", "--scopes", "chat", "--name", "ci", "--json");

    assertThat(List.of(first, second)).doesNotHaveDuplicates();
    String id = Json.read(third.out()).path("id").asText();
    assertThat(Json.read(third.out()).path("api_key").asText()).startsWith("gw-");
    assertThat(run("key", "revoke", "acme", id).code()).isZero();
    List<String> keys = run("key", "list", "acme", "--json").out().lines().toList();
    assertThat(keys).hasSize(3);
    assertThat(Json.read(keys.get(0)).path("revoked_at").isNull()).isFalse();
    assertThat(Json.read(keys.get(1)).path("revoked_at").isNull()).isTrue();
    assertThat(Json.read(keys.get(2)).path("revoked_at").isNull()).isFalse();

    assertThat(run("tenant", "disable", "acme").code()).isZero();
    assertThat(run("tenant", "list").out()).contains("\tfalse\t");
    assertThat(run("tenant", "enable", "acme").code()).isZero();
    assertThat(run("tenant", "list").out()).contains("\ttrue\t");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "tenant create a/b | id is not accepted",
        "tenant create default | built-in",
        "tenant create x --rate-limit-rpm -1 | rate_limit_rpm is not accepted",
        "tenant create x --rate-limit-rpm many | rate_limit_rpm is not accepted",
        "tenant create x --default-provider nobody | default_provider names no known",
        "tenant create x --fallback-providers groq,nobody | fallback_providers names",
        "tenant rotate nobody | there is no such tenant",
        "tenant disable nobody/x | there is no such tenant",
        "key create nobody | there is no such tenant",
        "key list nobody | there is no such tenant",
        "key revoke nobody x | there is no such key",
        "user delete nobody | there is no such user"
      })
  void whatTheApiRefusesIsRefusedInOneLine(String row) {
    String[] parts = row.split(" \\| ");

    Outcome refused = run(parts[0].split(" "));

    assertThat(refused.code()).isEqualTo(1);
    assertThat(refused.err()).contains(parts[1]).hasLineCount(1);
    assertThat(refused.out()).isEmpty();
  }

  /** A file of the folder with a route to a provider {@code mine}. */
  private void provider(String step) throws IOException {
    Path routes = Files.createDirectories(folder.resolve("routes"));
    Files.writeString(
        routes.resolve("provider-mine.camel.yaml"),
        """
        # not llm:commented
        - route:
            id: provider-mine
            description: like llm:described
            from:
              uri: direct:provider-mine
              steps:
                - to:
        STEP
        """
            .replace("STEP", step.indent(12).stripTrailing()));
    environment.put("ROUTES_DIR", routes.toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "uri: llm:mine",
        "uri: llm://mine?dialect=openai",
        "uri: llm\nparameters:\n  name: mine",
        "uri: \"llm:{{MINE}}\"",
        "uri: llm\nparameters:\n  name: \"{{NOBODY:mine}}\""
      })
  void providerOfAFileInTheFolderIsKnownHoweverItIsWritten(String step) throws Exception {
    provider(step);
    environment.put("MINE", "mine");

    assertThat(run("tenant", "create", "a", "--default-provider", "mine").code()).isZero();
    assertThat(run("tenant", "create", "b", "--default-provider", "groq").code()).isZero();
  }

  @ParameterizedTest
  @ValueSource(strings = {"commented", "described", "doorless"})
  void nameInProseOrWithoutARouteOfItsOwnIsNoProvider(String name) throws Exception {
    provider("uri: llm:doorless");

    assertThat(run("tenant", "create", "a", "--default-provider", name).err())
        .contains("default_provider names no known");
  }

  @Test
  void userIsMadeWithThePasswordOfTheInputAndCanBeGivenAnother() {
    assertThat(typing("password-of-root\n", "user", "create", "root", "--role", "admin").code())
        .isZero();
    Outcome again = typing("password-of-root", "user", "create", "root", "--role", "admin");
    assertThat(again.err()).contains("there is a user of this name");
    Outcome tooShort = typing("short", "user", "create", "eve", "--role", "viewer");
    assertThat(tooShort.code()).isEqualTo(1);
    assertThat(tooShort.err()).contains("password is not accepted").doesNotContain("short\n");
    assertThat(run("user", "create", "eve", "--role", "viewer").err())
        .contains("password is missing");
    assertThat(typing("password-of-eve", "user", "create", "eve", "--role", "god").err())
        .contains("role is not accepted");
    User before = stored(session -> session.users().find("root")).orElseThrow();

    assertThat(typing("another-password", "user", "password", "root").code()).isZero();

    User after = stored(session -> session.users().find("root")).orElseThrow();
    assertThat(after.passwordHash()).isNotEqualTo(before.passwordHash()).startsWith("$2a$");
    assertThat(after.role()).isEqualTo("admin");
    assertThat(run("user", "list").out()).contains("root\tadmin");
    assertThat(run("user", "delete", "root").err()).contains("the last admin");
    assertThat(stored(session -> session.audit().page(Long.MAX_VALUE, null, 9)).toString())
        .contains("user.create", "user.password")
        .doesNotContain("$2a$", "another-password");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "nonsense",
        "tenant",
        "tenant nonsense",
        "tenant list --what",
        "tenant rotate",
        "user create x",
        "--what",
        "tenant create a b"
      })
  void wrongCommandLineEndsWithTwoAndTheUsage(String line) {
    Outcome wrong = run(line.split(" "));

    assertThat(wrong.code()).isEqualTo(2);
    assertThat(wrong.err()).contains("Usage: java -jar ai-gateway.jar");
    assertThat(wrong.out()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"--help", "-h", "tenant --help", "tenant create --help", "--version"})
  void helpIsGivenWithoutADatabase(String line) {
    environment.clear();

    Outcome help = run(line.split(" "));

    assertThat(help.code()).isZero();
    assertThat(help.out()).containsAnyOf("Usage: java -jar ai-gateway.jar", "ai-gateway ");
  }

  @Test
  void onlyCommandsAreTakenForOnes() {
    assertThat(Commands.areMeant(new String[] {"tenant", "list"})).isTrue();
    assertThat(Commands.areMeant(new String[] {"nonsense"})).isTrue();
    assertThat(Commands.areMeant(new String[] {"--help"})).isTrue();
    assertThat(Commands.areMeant(new String[] {})).isFalse();
    assertThat(Commands.areMeant(new String[] {"--gateway.warm-up.requests=0"})).isFalse();
    assertThat(Commands.areMeant(new String[] {"--debug"})).isFalse();
  }

  @Test
  void withoutADatabaseOrWithAWrongSettingItEndsWithTwo() {
    environment.put("ADDR", "nowhere");
    assertThat(run("tenant", "list").code()).isEqualTo(2);
    assertThat(run("tenant", "list").err()).startsWith("configuration: ADDR=nowhere");
    environment.clear();
    assertThat(run("tenant", "list").code()).isEqualTo(2);
    assertThat(run("tenant", "list").err()).contains("DATABASE_URL", "DATA_DIR").hasLineCount(1);
    environment.put("DATABASE_URL", "postgres://u:hidden-password@127.0.0.1:1/db");
    assertThat(run("tenant", "list"))
        .isEqualTo(new Outcome(1, "", "the database can't be reached" + System.lineSeparator()));
  }

  @Test
  void severalReplicasNeedADatabaseThatTheyShare() {
    environment.put("REDIS_URL", "redis://127.0.0.1:1");

    assertThat(run("tenant", "create", "acme").err()).contains("DATABASE_URL");
    assertThat(run("tenant", "list").code()).isZero();
  }

  // ---- encrypting anew

  private void credential(String tenant, String provider, String key, String value) {
    Vault vault =
        new Vault(
            Sealer.of(storage(Optional.of(new Secret(key)), Optional.empty()), new SecureRandom()));
    stored(
        session -> {
          session
              .credentials()
              .put(vault.seal(tenant, provider, "cred-" + provider, value, Instant.now()));
          return true;
        });
  }

  private String opened(String tenant, String provider, String key) {
    Vault vault =
        new Vault(
            Sealer.of(storage(Optional.of(new Secret(key)), Optional.empty()), new SecureRandom()));
    SealedCredential found =
        stored(session -> session.credentials().find(tenant, provider)).orElseThrow();
    return vault.open(found).reveal();
  }

  @Test
  void everythingIsEncryptedAnewUnderTheNewKeyAndAgainChangesNothing() {
    run("tenant", "create", "acme");
    run("tenant", "create", "other");
    credential("acme", "p", OLD, "sk-canary-1");
    credential("other", "p", OLD, "sk-canary-2");
    credential("other", "q", NEW, "sk-canary-3");
    environment.put("ENCRYPTION_KEY", NEW);
    environment.put("ENCRYPTION_KEY_PREVIOUS", OLD);

    Outcome done = run("reencrypt");

    assertThat(done.code()).as(done.err()).isZero();
    assertThat(done.out())
        .contains("credentials: 2 encrypted anew, 1 already were, 0 can't be read")
        .doesNotContain("canary", OLD, NEW);
    assertThat(opened("acme", "p", NEW)).isEqualTo("sk-canary-1");
    assertThat(opened("other", "p", NEW)).isEqualTo("sk-canary-2");
    assertThat(run("reencrypt").out()).contains("0 encrypted anew, 3 already were");
    environment.remove("ENCRYPTION_KEY_PREVIOUS");
    assertThat(run("reencrypt").code()).isZero();
  }

  @Test
  void moreThanOnePageIsEncryptedAnew() {
    run("tenant", "create", "acme");
    for (int i = 0; i < 3; i++) {
      credential("acme", "p" + i, OLD, "sk-canary-" + i);
    }
    stored(
        session -> {
          Vault vault =
              new Vault(
                  Sealer.of(
                      storage(Optional.of(new Secret(OLD)), Optional.empty()), new SecureRandom()));
          for (int i = 0; i < 450; i++) {
            session
                .credentials()
                .put(vault.seal("acme", "many" + i, "cred-" + i, "sk-canary", Instant.now()));
          }
          return true;
        });
    environment.put("ENCRYPTION_KEY", NEW);
    environment.put("ENCRYPTION_KEY_PREVIOUS", OLD);

    assertThat(run("reencrypt").out()).contains("credentials: 453 encrypted anew");
  }

  @Test
  void whatNoKeyOpensIsNamedAndLeftAsItIs() {
    run("tenant", "create", "acme");
    credential("acme", "p", "x".repeat(32), "sk-canary");
    assertThat(run("reencrypt").code()).isEqualTo(2);
    environment.put("ENCRYPTION_KEY", NEW);

    Outcome done = run("reencrypt");

    assertThat(done.code()).isEqualTo(1);
    assertThat(done.out()).contains("1 can't be read");
    assertThat(done.err()).contains("can't be read: tenant acme, provider p").hasLineCount(1);
    assertThat(opened("acme", "p", "x".repeat(32))).isEqualTo("sk-canary");
  }
}
