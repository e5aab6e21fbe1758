package io.aigateway.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.dialect.anthropic.AnthropicCaller;
import io.aigateway.error.ApiError;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErrorClassTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "prompt is too long: 213462 tokens > 200000 maximum",
        "input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000",
        "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
        "Input is too long for requested model.",
        "Prompt contains 40000 tokens and 0 draft tokens, too large for model with 32768 maximum context length",
        "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens",
        "Please reduce the length of the messages or completion."
      })
  void everyProvidersWordsForAFullWindowAreKnown(String message) {
    assertThat(ErrorClass.code(new ProviderError(message, null, "ValidationException", null)))
        .isEqualTo("context_length_exceeded");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Output blocked by content filtering policy",
        "Your request was rejected as a result of our safety system."
      })
  void refusalsOfAFilterAreKnown(String message) {
    assertThat(ErrorClass.code(new ProviderError(message, null, null, null)))
        .isEqualTo("content_policy_violation");
  }

  @Test
  void codesOfOpenAisOwnStay() {
    String azure = "The response was filtered due to Azure OpenAI's content management policy.";
    assertThat(ErrorClass.code(new ProviderError(azure, null, "content_filter", null)))
        .isEqualTo("content_filter");
    assertThat(ErrorClass.code(new ProviderError("no such model", null, "model_not_found", null)))
        .isEqualTo("model_not_found");
    assertThat(ErrorClass.code(ProviderError.UNKNOWN)).isNull();
  }

  @Test
  void anthropicsClientsReadTheWordsThatTheyKnow() {
    ApiError error =
        new ApiError(400, "invalid_request_error", ErrorClass.CONTEXT, "Input is too long.");

    assertThat(new String(new AnthropicCaller().error(error, "r"), UTF_8))
        .contains("\"message\":\"prompt is too long: Input is too long.\"");
  }
}
