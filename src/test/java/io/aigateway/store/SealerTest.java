package io.aigateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SealerTest {
  private static final String OLD = "o".repeat(32);
  private static final String NEW = "n".repeat(32);

  private static Sealer sealer(@Nullable String key, @Nullable String previous) {
    return Sealer.of(
        new Storage(
            Optional.empty(),
            Optional.empty(),
            Optional.ofNullable(key).map(Secret::new),
            Optional.ofNullable(previous).map(Secret::new)),
        new SecureRandom());
  }

  @Test
  void whatIsSealedIsOpenedForTheSamePurposeOnly() {
    Sealer sealer = sealer(NEW, null);
    String sealed = sealer.seal("sk-canary", "acme/openai");

    assertThat(sealed).doesNotContain("canary");
    assertThat(sealer.open(sealed, "acme/openai")).contains("sk-canary");
    assertThat(sealer.open(sealed, "evil/openai")).isEmpty();
    assertThat(sealer.seal("sk-canary", "acme/openai")).isNotEqualTo(sealed);
  }

  @Test
  void everyChangeIsNoticed() {
    Sealer sealer = sealer(NEW, null);
    String sealed = sealer.seal("text", "p");
    char last = sealed.charAt(sealed.length() - 3);

    assertThat(sealer.open(sealed.replace(last, last == 'A' ? 'B' : 'A'), "p")).isEmpty();
    assertThat(sealer.open("", "p")).isEmpty();
    assertThat(sealer.open("x.y", "p")).isEmpty();
    assertThat(sealer.open(sealed.substring(0, 12), "p")).isEmpty();
  }

  @Test
  void oldKeyStillOpensWhileTheNewOneSeals() {
    String sealed = sealer(OLD, null).seal("text", "p");
    Sealer both = sealer(NEW, OLD);

    assertThat(both.open(sealed, "p")).contains("text");
    assertThat(both.isCurrent(sealed)).isFalse();
    assertThat(both.isCurrent(both.seal("text", "p"))).isTrue();
    assertThat(sealer(NEW, null).open(sealed, "p")).isEmpty();
  }

  @Test
  void keyIsTheSameInEachOfItsForms() {
    String sealed = sealer(NEW, null).seal("text", "p");
    byte[] bytes = NEW.getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    assertThat(sealer(HexFormat.of().formatHex(bytes), null).open(sealed, "p")).contains("text");
    assertThat(sealer(Base64.getEncoder().encodeToString(bytes), null).open(sealed, "p"))
        .contains("text");
  }

  @Test
  void withoutAKeyNothingIsSealed() {
    Sealer none = sealer(null, null);

    assertThat(none.canSeal()).isFalse();
    assertThatThrownBy(() -> none.seal("text", "p")).isInstanceOf(IllegalStateException.class);
  }
}
