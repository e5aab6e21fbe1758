package io.aigateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aigateway.call.Caller;
import io.aigateway.store.Sealer;
import io.aigateway.store.Session;
import io.aigateway.store.StoreAwayException;
import io.aigateway.store.Vault;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.OwnCredential;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class KeyDirectoryTest {
  private final Directories replicas = Directories.start();

  @AfterEach
  void close() {
    replicas.close();
  }

  private static Optional<Caller> lookUp(KeyDirectory directory, String key) {
    return directory.lookUp(KeyText.hash(key)).toCompletableFuture().join();
  }

  @Test
  void unknownKeyIsLookedUpOnceAndThenHeld() {
    String key = replicas.put("acme");
    byte[] hash = KeyText.hash(key);

    assertThat(replicas.first().good(hash)).isNull();
    assertThat(replicas.first().otherwise(hash)).isInstanceOf(KeyDirectory.Found.Unknown.class);
    assertThat(lookUp(replicas.first(), key)).map(Caller::tenant).contains("acme");
    assertThat(replicas.first().good(hash)).isNotNull();
  }

  @Test
  void whatIsNoKeyIsRememberedForAWhile() {
    byte[] hash = KeyText.hash("gw-no-key");

    assertThat(lookUp(replicas.first(), "gw-no-key")).isEmpty();
    assertThat(replicas.first().otherwise(hash)).isInstanceOf(KeyDirectory.Found.Bad.class);
  }

  @Test
  void keyRevokedOnOneReplicaIsBadOnTheOtherWithinASecond() {
    String key = replicas.put("acme");
    byte[] hash = KeyText.hash(key);
    lookUp(replicas.first(), key);
    lookUp(replicas.second(), key);

    replicas.revoke("acme");
    replicas.first().changed("acme");

    assertThat(replicas.first().good(hash)).as("here at once").isNull();
    assertThat(replicas.first().otherwise(hash)).isInstanceOf(KeyDirectory.Found.Bad.class);
    await().atMost(Duration.ofSeconds(1)).until(() -> replicas.second().good(hash) == null);
  }

  @Test
  void deletedTenantsKeyIsForgottenEverywhere() {
    String key = replicas.put("acme");
    lookUp(replicas.second(), key);

    replicas
        .database()
        .change(
            (Session session) -> {
              session.changes().note("acme");
              return session.tenants().delete("acme");
            });

    await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> replicas.second().good(KeyText.hash(key)) == null);
    assertThat(lookUp(replicas.second(), key)).isEmpty();
  }

  private static @Nullable String own(KeyDirectory directory, String key) {
    Caller caller = directory.good(KeyText.hash(key));
    OwnCredential own = caller == null ? null : caller.ownCredential("p");
    return own == null ? null : own.reveal();
  }

  @Test
  void ownCredentialComesWithTheKeyAndChangesEverywhereWithinASecond() {
    String key = replicas.put("acme");
    String other = replicas.put("other");
    replicas.own("acme", "p", Directories.VAULT, "sk-first");
    lookUp(replicas.first(), key);
    lookUp(replicas.second(), key);
    lookUp(replicas.second(), other);
    assertThat(own(replicas.first(), key)).isEqualTo("sk-first");
    assertThat(own(replicas.second(), other)).isNull();

    replicas.own("acme", "p", Directories.VAULT, "sk-second");
    replicas.first().changed("acme");

    assertThat(own(replicas.first(), key)).isEqualTo("sk-second");
    await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> "sk-second".equals(own(replicas.second(), key)));

    replicas
        .database()
        .change(
            (Session session) -> {
              session.changes().note("acme");
              return session.credentials().delete("acme", "p");
            });
    await().atMost(Duration.ofSeconds(1)).until(() -> own(replicas.second(), key) == null);
  }

  @Test
  void credentialsThatWereThereAtTheStartAreKnownAndOthersKeysOpenNothing() {
    String key = replicas.put("acme");
    String locked = replicas.put("locked");
    replicas.own("acme", "p", Directories.VAULT, "sk-early");
    replicas.own("locked", "p", new Vault(Sealer.ofThisProcess(new SecureRandom())), "sk-lost");

    try (KeyDirectory late =
        new KeyDirectory(
            replicas.database(), Directories.VAULT, null, Clock.systemUTC(), System::nanoTime)) {
      late.start();
      await().atMost(Duration.ofSeconds(10)).until(late::isLoaded);

      assertThat(own(late, key)).isEqualTo("sk-early");
      assertThat(own(late, locked)).as("known to be there, and unreadable").isEmpty();
    }
  }

  @Test
  void fiftyUnknownKeysASecondAreLookedUpAndNoMore() {
    List<CompletableFuture<Optional<Caller>>> asked = new ArrayList<>();
    for (int i = 0; i < 80; i++) {
      asked.add(replicas.first().lookUp(KeyText.hash("gw-flood-" + i)).toCompletableFuture());
    }

    int refused = 0;
    for (CompletableFuture<Optional<Caller>> each : asked) {
      if (each.handle((answer, failure) -> failure != null).join()) {
        refused++;
      }
    }
    assertThat(refused).isEqualTo(30);
  }

  @Test
  void heldKeysGoOnWithoutTheDatabaseAndOthersCantBeTold() {
    String key = replicas.put("acme");
    lookUp(replicas.first(), key);

    replicas.database().close();

    assertThat(replicas.first().good(KeyText.hash(key))).isNotNull();
    assertThatThrownBy(() -> lookUp(replicas.first(), "gw-other"))
        .hasCauseInstanceOf(StoreAwayException.class);
  }

  @Test
  void lastUseIsStoredAtTheEnd() {
    String key = replicas.put("acme");
    lookUp(replicas.first(), key);
    replicas.first().good(KeyText.hash(key));

    replicas.first().close();

    assertThat(
            replicas
                .database()
                .ask((Session session) -> session.keys().find("acme", "key-acme"))
                .orElseThrow()
                .lastUsedAt())
        .isNotNull();
  }

  @Test
  void rateIsCountedOverAnySecond() {
    LookUpRate rate = new LookUpRate(2);

    assertThat(rate.take(0)).isTrue();
    assertThat(rate.take(900_000_000L)).isTrue();
    assertThat(rate.take(999_999_999L)).isFalse();
    assertThat(rate.take(1_000_000_000L)).isTrue();
    assertThat(rate.take(1_100_000_000L)).isFalse();
    assertThat(rate.take(1_900_000_000L)).isTrue();
  }
}
