package io.aigateway.dialect.openai;

import io.aigateway.chat.FinishReason;

/**
 * Which word of OpenAI's stands for which reason to end?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/object
 */
final class Words {
  private Words() {}

  static String of(FinishReason reason) {
    return switch (reason) {
      case STOP -> "stop";
      case LENGTH -> "length";
      case TOOL_CALLS -> "tool_calls";
      case CONTENT_FILTER -> "content_filter";
    };
  }

  /**
   * Whether the answer broke off although its stream did not: vLLM's, OpenRouter's and DeepSeek's
   * words for it.
   */
  static boolean isFailure(String word) {
    return switch (word) {
      case "error", "abort", "insufficient_system_resource" -> true;
      default -> false;
    };
  }

  /** A word that nobody documented is a plain end. */
  static FinishReason finish(String word) {
    return switch (word) {
      // model_length is Mistral's word for a full context window
      case "length", "max_tokens", "model_length" -> FinishReason.LENGTH;
      case "tool_calls", "function_call" -> FinishReason.TOOL_CALLS;
      case "content_filter" -> FinishReason.CONTENT_FILTER;
      default -> FinishReason.STOP;
    };
  }
}
