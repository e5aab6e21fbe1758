package io.aigateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import io.aigateway.tenant.SealedCredential;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VaultTest {
  private static final Instant NOW = Instant.parse("2026-11-27T10:15:30Z");
  private static final String OLD = "o".repeat(32);
  private static final String NEW = "n".repeat(32);

  private static Vault vault(@Nullable String key, @Nullable String previous) {
    return new Vault(
        Sealer.of(
            new Storage(
                Optional.empty(),
                Optional.empty(),
                Optional.ofNullable(key).map(Secret::new),
                Optional.ofNullable(previous).map(Secret::new)),
            new SecureRandom()));
  }

  private static SealedCredential sealed(String key) {
    return vault(key, null).seal("acme", "p", "cred-1", "sk-canary", NOW);
  }

  @Test
  void sealIsGoodForItsRowOnly() {
    Vault vault = vault(NEW, null);
    SealedCredential stored = sealed(NEW);

    assertThat(vault.open(stored).reveal()).isEqualTo("sk-canary");
    assertThat(stored + " " + vault.open(stored)).doesNotContain("canary", stored.sealed());
    for (SealedCredential moved :
        new SealedCredential[] {
          new SealedCredential("evil", "p", "cred-1", stored.sealed(), NOW, NOW),
          new SealedCredential("acme", "q", "cred-1", stored.sealed(), NOW, NOW),
          new SealedCredential("acme", "p", "cred-2", stored.sealed(), NOW, NOW)
        }) {
      assertThat(vault.open(moved).isReadable()).isFalse();
      assertThat(vault.open(moved).reveal()).isEmpty();
    }
  }

  @Test
  void whatTheOldKeySealedIsSealedAnewUnderTheNewOne() {
    Vault both = vault(NEW, OLD);
    SealedCredential stored = sealed(OLD);
    assertThat(both.isCurrent(stored)).isFalse();

    SealedCredential again = stored.with(both.resealed(stored).orElseThrow());

    assertThat(both.isCurrent(again)).isTrue();
    assertThat(vault(NEW, null).open(again).reveal()).isEqualTo("sk-canary");
    assertThat(vault(OLD, null).open(again).isReadable()).isFalse();
    assertThat(vault(NEW, null).resealed(stored)).isEmpty();
  }

  @Test
  void withoutAKeyNothingIsReadable() {
    assertThat(vault(null, null).canSeal()).isFalse();
    assertThat(vault(null, null).open(sealed(NEW)).isReadable()).isFalse();
  }
}
