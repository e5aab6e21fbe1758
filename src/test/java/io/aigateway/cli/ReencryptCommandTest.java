package io.aigateway.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.admin.Reencryption;
import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import io.aigateway.store.Vault;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Tenant;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What if a replica that has the old settings writes while everything is encrypted anew? */
class ReencryptCommandTest {
  private static final String OLD = "o".repeat(32);
  private static final String NEW = "n".repeat(32);
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");

  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final Database database =
      new Database(
          storage(Optional.empty(), Optional.empty()), "reencrypt-" + NUMBER.incrementAndGet());
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final ByteArrayOutputStream err = new ByteArrayOutputStream();

  private static Storage storage(Optional<Secret> key, Optional<Secret> previous) {
    return new Storage(Optional.empty(), Optional.empty(), key, previous);
  }

  /** Does something between the reading of a row and its writing, when its new seal is made. */
  private static final class Meanwhile extends SecureRandom {
    private static final long serialVersionUID = 1L;
    private final transient Runnable action;
    private int times;

    Meanwhile(int times, Runnable action) {
      this.times = times;
      this.action = action;
    }

    @Override
    public void nextBytes(byte[] bytes) {
      super.nextBytes(bytes);
      if (times > 0) {
        times--;
        CompletableFuture.runAsync(action).join();
      }
    }
  }

  @BeforeEach
  void start() {
    assertThat(database.startHere()).isNull();
    for (String id : List.of("acme", "other")) {
      Tenant tenant =
          new Tenant(id, id, true, null, null, ModelPatterns.ALL, null, List.of(), 1, NOW, NOW);
      database.change(session -> session.tenants().create(tenant));
    }
  }

  @AfterEach
  void close() {
    database.close();
  }

  private void write(String tenant, String provider, String value) {
    Vault vault =
        new Vault(
            Sealer.of(storage(Optional.of(new Secret(OLD)), Optional.empty()), new SecureRandom()));
    database.change(
        session -> {
          session.credentials().put(vault.seal(tenant, provider, "cred-" + value, value, NOW));
          return true;
        });
  }

  private String underTheNewKey(String tenant, String provider) {
    Vault vault =
        new Vault(
            Sealer.of(storage(Optional.of(new Secret(NEW)), Optional.empty()), new SecureRandom()));
    return database.ask(
        session -> vault.open(session.credentials().find(tenant, provider).orElseThrow()).reveal());
  }

  private int reencrypt(int times, Runnable meanwhile) {
    Sealer sealer =
        Sealer.of(
            storage(Optional.of(new Secret(NEW)), Optional.of(new Secret(OLD))),
            new Meanwhile(times, meanwhile));
    return ReencryptCommand.carryOut(
        new Reencryption(database, sealer),
        Terminal.of(
            new ByteArrayInputStream(new byte[0]),
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            () -> false));
  }

  @Test
  void rowThatIsWrittenMeanwhileIsReadAgain() {
    write("acme", "p", "first");

    int code = reencrypt(1, () -> write("acme", "p", "second"));

    assertThat(code).isZero();
    assertThat(underTheNewKey("acme", "p")).isEqualTo("second");
  }

  @Test
  void rowThatComesBehindIsFoundInTheEnd() {
    write("other", "p", "first");

    int code = reencrypt(1, () -> write("acme", "p", "behind"));

    assertThat(code).isZero();
    assertThat(underTheNewKey("acme", "p")).isEqualTo("behind");
    assertThat(underTheNewKey("other", "p")).isEqualTo("first");
    assertThat(out.toString(StandardCharsets.UTF_8))
        .contains("credentials: 2 encrypted anew, 0 already were, 0 can't be read");
  }

  @Test
  void rowThatIsRemovedMeanwhileIsNoFault() {
    write("acme", "p", "first");

    int code =
        reencrypt(1, () -> database.change(session -> session.credentials().delete("acme", "p")));

    assertThat(code).isZero();
  }

  @Test
  void rowThatIsWrittenAgainAndAgainIsNamedAndEndsWithOne() {
    write("acme", "p", "first");
    write("other", "q", "other");

    int code = reencrypt(Integer.MAX_VALUE, () -> write("acme", "p", "again"));

    assertThat(code).isEqualTo(1);
    assertThat(err.toString(StandardCharsets.UTF_8))
        .contains("ENCRYPTION_KEY_PREVIOUS: tenant acme, provider p")
        .doesNotContain("again")
        .hasLineCount(1);
    assertThat(underTheNewKey("other", "q")).isEqualTo("other");
  }
}
