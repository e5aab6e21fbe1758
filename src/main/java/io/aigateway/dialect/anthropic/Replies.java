package io.aigateway.dialect.anthropic;

import io.aigateway.chat.FinishReason;
import org.jspecify.annotations.Nullable;

/** What do Anthropic's words mean that whole and streamed answers share? */
final class Replies {
  private Replies() {}

  /** Reasons that are not known yet count as a normal end. */
  static FinishReason finish(@Nullable String stopReason, boolean calls) {
    if (stopReason == null) {
      return calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    }
    return switch (stopReason) {
      case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
      case "refusal" -> FinishReason.CONTENT_FILTER;
      // a forced JSON answer is a tool call to the provider, and text to the caller
      case "tool_use" -> calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
      default -> FinishReason.STOP;
    };
  }
}
