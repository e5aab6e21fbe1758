package io.aigateway.provider;

import io.aigateway.error.ApiError;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.ContentPolicyException;
import io.aigateway.error.ContextLengthException;
import io.aigateway.error.RequestException;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Why does a healthy provider refuse a request? Few say so in a code; the others in words that this
 * class knows.
 */
final class Refusals {
  private static final List<String> TOO_LONG =
      List.of(
          // OpenAI, Azure, Mistral, Groq, Together, vLLM
          "maximum context length",
          "reduce the length of the messages",
          // OpenAI's Responses API
          "exceeds the context window",
          "context length exceeded",
          "context_length_exceeded",
          // Anthropic
          "prompt is too long",
          "exceed context limit",
          // Bedrock
          "input is too long",
          "too many input tokens",
          // Gemini
          "exceeds the maximum number of tokens allowed",
          // Ollama
          "exceeds the available context size",
          "exceeds maximum context");

  private static final List<String> NOT_ALLOWED =
      List.of(
          "content_policy_violation",
          "content management policy",
          "content filtering policy",
          "rejected as a result of our safety system",
          "violating our usage policy",
          "violates our usage policies");

  private Refusals() {}

  static RequestException of(ApiError error) {
    String code = error.code() == null ? "" : error.code();
    String said = error.message().toLowerCase(Locale.ROOT);
    if (code.equals("context_length_exceeded") || isTooLong(said)) {
      return new ContextLengthException(error);
    }
    return switch (code) {
      case "content_filter",
          "content_policy_violation",
          "moderation_blocked",
          "ResponsibleAIPolicyViolation" ->
          new ContentPolicyException(error);
      default ->
          anyOf(NOT_ALLOWED, said)
              ? new ContentPolicyException(error)
              : new RequestException(error, BreakerEffect.SUCCESS);
    };
  }

  /** Whether a message says that the request is longer than the model's window. */
  static boolean isTooLong(@Nullable String message) {
    return message != null && anyOf(TOO_LONG, message.toLowerCase(Locale.ROOT));
  }

  private static boolean anyOf(List<String> phrases, String said) {
    for (String phrase : phrases) {
      if (said.contains(phrase)) {
        return true;
      }
    }
    return false;
  }
}
