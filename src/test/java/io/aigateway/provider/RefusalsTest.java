package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.error.ContentPolicyException;
import io.aigateway.error.ContextLengthException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Is it the length of a request, or what is in it, that a provider refuses? */
class RefusalsTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Provider PROVIDER =
      new Provider(
          "p",
          new OpenAiProvider(),
          new Address(false, "localhost", 80, ""),
          "",
          "",
          true,
          true,
          new Timeouts(SECOND, SECOND, SECOND, SECOND),
          new ModelDefaults(1),
          List.of());

  private static RuntimeException refused(int status, String message, String code) {
    return Failures.of(
        PROVIDER,
        status,
        new ProviderError(message, "invalid_request_error", code, null),
        null,
        Instant.EPOCH);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "This model's maximum context length is 8192 tokens. However, your messages resulted in"
            + " 9001 tokens.",
        "Your input exceeds the context window of this model. Please adjust your input.",
        "prompt is too long: 210000 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 190000 + 20000 > 200000",
        "Input is too long for requested model.",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
        "Please reduce the length of the messages or completion.",
        "the request exceeds the available context size, try increasing it"
      })
  void requestThatIsTooLongIsKnownByItsWords(String message) {
    assertThat(refused(400, message, null)).isInstanceOf(ContextLengthException.class);
    assertThat(Failures.of(PROVIDER, new ChatEvent.Failure("server_error", message, 0)))
        .isInstanceOf(ContextLengthException.class);
  }

  @Test
  void requestThatIsTooLongIsKnownByItsCode() {
    assertThat(refused(400, "no", "context_length_exceeded"))
        .isInstanceOfSatisfying(
            ContextLengthException.class, e -> assertThat(e.error().status()).isEqualTo(400));
    assertThat(
            Failures.of(
                PROVIDER, new ChatEvent.Failure("error", "context_length_exceeded", "no", 0)))
        .isInstanceOf(ContextLengthException.class);
  }

  @Test
  void contentThatIsNotAllowedIsKnown() {
    assertThat(refused(400, "no", "content_filter")).isInstanceOf(ContentPolicyException.class);
    assertThat(refused(400, "Output blocked by content filtering policy", null))
        .isInstanceOf(ContentPolicyException.class);
    assertThat(
            refused(
                400,
                "The response was filtered due to the prompt triggering Azure OpenAI's content"
                    + " management policy.",
                null))
        .isInstanceOf(ContentPolicyException.class);
  }

  @Test
  void everythingElseIsTheCallersFaultOrTheTargets() {
    assertThat(refused(400, "Invalid type for 'messages'", "invalid_type").getClass())
        .isEqualTo(RequestException.class);
    assertThat(refused(429, "Too many tokens, maximum context length", null))
        .isInstanceOf(TargetException.class);
    assertThat(Failures.of(PROVIDER, new ChatEvent.Failure("server_error", "overloaded", 0)))
        .isInstanceOf(TargetException.class);
  }
}
