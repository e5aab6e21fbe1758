package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.wire.Json;
import org.jspecify.annotations.Nullable;

/** What do Ollama's words mean that whole and streamed answers share? */
final class Replies {
  private Replies() {}

  /** The text of a field, empty when there is none. */
  static String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() ? value.textValue() : "";
  }

  /** Ollama says {@code stop} also when it waits for tools. */
  static FinishReason finish(JsonNode reply, boolean calls) {
    if (calls) {
      return FinishReason.TOOL_CALLS;
    }
    return text(reply, "done_reason").equals("length") ? FinishReason.LENGTH : FinishReason.STOP;
  }

  /** Null when the answer does not say; a prompt that was cached whole has no count. */
  static @Nullable Usage usage(JsonNode reply) {
    if (!reply.has("prompt_eval_count") && !reply.has("eval_count")) {
      return null;
    }
    return new Usage(count(reply, "prompt_eval_count"), count(reply, "eval_count"));
  }

  /**
   * One tool call; {@code ids} gives the id that Ollama may not give.
   *
   * @throws MalformedReplyException when it has no function's name
   */
  static Content.ToolCall call(JsonNode reply, JsonNode call, CallIds ids) {
    JsonNode function = call.path("function");
    String name = text(function, "name");
    if (name.isEmpty()) {
      throw new MalformedReplyException("a tool call has no name");
    }
    JsonNode given = function.path("arguments");
    String arguments;
    if (given.isTextual()) {
      arguments = given.textValue();
    } else {
      arguments = given.isObject() || given.isArray() ? Json.text(given) : "{}";
    }
    String id = ids.next(text(call, "id"), text(reply, "created_at") + name + arguments);
    return new Content.ToolCall(id, name, arguments);
  }

  private static long count(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isIntegralNumber() && value.canConvertToInt() ? Math.max(0, value.longValue()) : 0;
  }
}
