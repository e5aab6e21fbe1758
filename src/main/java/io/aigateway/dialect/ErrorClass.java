package io.aigateway.dialect;

import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What kind of refusal is it, in OpenAI's words, by which clients decide what to do? Providers
 * without a code for it are known by how they begin to explain it. For all threads.
 */
public final class ErrorClass {
  /** The request and its answer don't fit into the model's window. */
  public static final String CONTEXT = "context_length_exceeded";

  private static final String POLICY = "content_policy_violation";

  /** Anthropic, Gemini, Bedrock, Mistral and vLLM, Ollama, Groq and others, in lower case. */
  private static final List<String> OF_CONTEXT =
      List.of(
          "prompt is too long",
          "exceed context limit",
          "input token count",
          "input is too long for requested model",
          "too many input tokens",
          "maximum context length",
          "too large for model with",
          "exceeds the context window",
          "context length exceeded",
          "exceeds the context length",
          "exceeded max context length",
          "maximum prompt length is",
          "`inputs` tokens + `max_new_tokens` must be",
          "input tokens exceeds maximum length",
          "exceeded model token limit",
          "greater than the context length",
          "exceeds the available context size",
          "reduce the length of the messages");

  private static final List<String> OF_POLICY =
      List.of(
          "content filtering policy",
          "content management policy",
          "content policy",
          "safety system",
          "flagged by our");

  private ErrorClass() {}

  /** The code for an error about the request itself; the provider's own where it says no more. */
  public static @Nullable String code(ProviderError error) {
    String own = error.code();
    String message = error.message();
    if (message == null || CONTEXT.equals(own) || POLICY.equals(own) || isFilter(own)) {
      return own;
    }
    String said = message.toLowerCase(Locale.ROOT);
    if (OF_CONTEXT.stream().anyMatch(said::contains)) {
      return CONTEXT;
    }
    return OF_POLICY.stream().anyMatch(said::contains) ? POLICY : own;
  }

  /** Azure's own code, which its clients know. */
  private static boolean isFilter(@Nullable String code) {
    return "content_filter".equals(code);
  }
}
