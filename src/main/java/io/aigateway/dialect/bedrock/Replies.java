package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ReplyBody;
import org.jspecify.annotations.Nullable;

/** What do Converse's words mean that whole and streamed answers share? */
final class Replies {
  private Replies() {}

  /**
   * Reasons that are not known yet count as a normal end.
   *
   * @throws MalformedReplyException when the model failed: what there is of an answer is none
   */
  static FinishReason finish(@Nullable String stopReason, boolean calls) {
    if (stopReason == null) {
      return calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    }
    return switch (stopReason) {
      case "max_tokens", "model_context_window_exceeded" -> FinishReason.LENGTH;
      case "guardrail_intervened", "content_filtered", "refusal" -> FinishReason.CONTENT_FILTER;
      case "malformed_model_output", "malformed_tool_use" ->
          throw MalformedReplyException.ofModel("the model came to no answer: " + stopReason);
      // a forced JSON answer is a tool call to the provider, and text to the caller
      case "tool_use" -> calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
      default -> FinishReason.STOP;
    };
  }

  /** The stop text that ended the answer, which the request asks Claude for. */
  static @Nullable String stopSequence(JsonNode answer) {
    return ReplyBody.text(answer.path("additionalModelResponseFields"), "stop_sequence");
  }

  /** Bedrock counts cached input apart from other input. Null when there is none. */
  static @Nullable Usage usage(JsonNode usage) {
    if (!usage.isObject()) {
      return null;
    }
    long cacheRead = count(usage, "cacheReadInputTokens");
    long cacheWrite = count(usage, "cacheWriteInputTokens");
    return new Usage(
        count(usage, "inputTokens") + cacheRead + cacheWrite,
        count(usage, "outputTokens"),
        cacheRead,
        cacheWrite,
        0,
        0,
        0);
  }

  /** Whether the provider runs the tool itself. */
  static boolean isServerSide(JsonNode toolUse) {
    return "server_tool_use".equals(ReplyBody.text(toolUse, "type"));
  }

  private static long count(JsonNode usage, String field) {
    JsonNode value = usage.path(field);
    // int, so that nonsense can't overflow the sum
    return value.isIntegralNumber() && value.canConvertToInt() ? Math.max(0, value.longValue()) : 0;
  }
}
