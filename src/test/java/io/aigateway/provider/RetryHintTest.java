package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.gemini.GeminiProvider;
import io.aigateway.error.TargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class RetryHintTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Provider PROVIDER =
      new Provider(
          "p",
          new GeminiProvider(),
          new Address(false, "localhost", 80, ""),
          "",
          "",
          true,
          true,
          new Timeouts(SECOND, SECOND, SECOND, SECOND),
          new ModelDefaults(1),
          List.of());

  @Test
  void timeToWaitIsTakenFromTheHeaderElseFromTheBody() {
    ProviderError error = new ProviderError("slow", null, null, null, Duration.ofSeconds(35));

    assertThat(retryAfter(Failures.of(PROVIDER, 429, error, "7", Instant.EPOCH)))
        .isEqualTo(Duration.ofSeconds(7));
    assertThat(retryAfter(Failures.of(PROVIDER, 429, error, null, Instant.EPOCH)))
        .isEqualTo(Duration.ofSeconds(35));
    assertThat(retryAfter(Failures.of(PROVIDER, 429, ProviderError.UNKNOWN, null, Instant.EPOCH)))
        .isNull();
  }

  private static @Nullable Duration retryAfter(RuntimeException failure) {
    return ((TargetException) failure).retryAfter();
  }
}
