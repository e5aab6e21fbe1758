package io.aigateway.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Usage;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Anthropic's Messages. Source: https://docs.claude.com/en/api/messages */
enum AnthropicWire implements Wire {
  INSTANCE;

  @Override
  public boolean streamsByDefault() {
    return false;
  }

  @Override
  public String streamContentType() {
    return "text/event-stream; charset=utf-8";
  }

  @Override
  public byte[] whole(Answer answer) {
    ObjectNode root = message(answer);
    ArrayNode content = root.putArray("content");
    if (!answer.pieces().isEmpty()) {
      content.addObject().put("type", "text").put("text", answer.text());
    }
    for (ToolCall call : answer.toolCalls()) {
      toolUse(content.addObject(), call).set("input", parsed(call.arguments()));
    }
    root.put("stop_reason", stopReason(answer)).putNull("stop_sequence");
    root.set("usage", usage(answer.usage(), answer.usage().output()));
    return Json.bytes(root);
  }

  @Override
  public Parts stream(Answer answer) {
    List<byte[]> opening = new ArrayList<>();
    ObjectNode start = Json.object();
    ObjectNode message = message(answer);
    message.putArray("content");
    message.putNull("stop_reason").putNull("stop_sequence");
    message.set("usage", usage(answer.usage(), 1));
    start.set("message", message);
    opening.add(event("message_start", start));

    List<byte[]> content = new ArrayList<>();
    List<byte[]> closing = new ArrayList<>();
    int index = 0;
    if (!answer.pieces().isEmpty()) {
      ObjectNode block = Json.object().put("index", index);
      block.putObject("content_block").put("type", "text").put("text", "");
      opening.add(event("content_block_start", block));
      opening.add(event("ping", Json.object()));
      for (String piece : answer.pieces()) {
        content.add(delta(index, "text_delta", "text", piece));
      }
      index++;
    }
    for (ToolCall call : answer.toolCalls()) {
      if (index > 0) {
        content.add(event("content_block_stop", Json.object().put("index", index - 1)));
      }
      ObjectNode block = Json.object().put("index", index);
      toolUse(block.putObject("content_block"), call).putObject("input");
      content.add(event("content_block_start", block));
      for (String half : OpenAiWire.halves(call.arguments())) {
        content.add(delta(index, "input_json_delta", "partial_json", half));
      }
      index++;
    }
    if (index > 0) {
      closing.add(event("content_block_stop", Json.object().put("index", index - 1)));
    }
    ObjectNode end = Json.object();
    end.putObject("delta").put("stop_reason", stopReason(answer)).putNull("stop_sequence");
    end.set("usage", usage(answer.usage(), answer.usage().output()));
    closing.add(event("message_delta", end));
    closing.add(event("message_stop", Json.object()));
    return new Parts(opening, content, closing);
  }

  @Override
  public byte[] error(int status, @Nullable String message) {
    String type =
        switch (status) {
          case 401 -> "authentication_error";
          case 403 -> "permission_error";
          case 404 -> "not_found_error";
          case 413 -> "request_too_large";
          case 429 -> "rate_limit_error";
          case 529 -> "overloaded_error";
          default -> status < 500 ? "invalid_request_error" : "api_error";
        };
    String usual =
        switch (status) {
          case 401 -> "invalid x-api-key";
          case 403 -> "Your API key does not have permission to use the specified resource.";
          case 404 -> "model: claude-none";
          case 413 -> "Request exceeds the maximum size";
          case 429 ->
              "This request would exceed your organization's rate limit of 50 requests per minute.";
          case 529 -> "Overloaded";
          default ->
              status < 500
                  ? "messages: Input should be a valid list"
                  : "An unexpected error has occurred internal to Anthropic's systems.";
        };
    return Json.bytes(errorOf(type, message == null ? usual : message));
  }

  @Override
  public byte[] errorEvent(String message) {
    return event("error", errorOf("overloaded_error", message));
  }

  @Override
  public byte[] brokenEvent() {
    return "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"ind\n\n"
        .getBytes(UTF_8);
  }

  private static ObjectNode message(Answer answer) {
    return Json.object()
        .put("id", "msg_fake")
        .put("type", "message")
        .put("role", "assistant")
        .put("model", answer.model());
  }

  private static ObjectNode toolUse(ObjectNode into, ToolCall call) {
    return into.put("type", "tool_use").put("id", call.id()).put("name", call.name());
  }

  private static byte[] delta(int index, String type, String field, String value) {
    ObjectNode node = Json.object().put("index", index);
    node.putObject("delta").put("type", type).put(field, value);
    return event("content_block_delta", node);
  }

  private static byte[] event(String name, ObjectNode data) {
    ObjectNode named = Json.object().put("type", name);
    named.setAll(data);
    return ("event: " + name + "\ndata: " + Json.text(named) + "\n\n").getBytes(UTF_8);
  }

  private static ObjectNode errorOf(String type, String message) {
    ObjectNode root = Json.object().put("type", "error");
    root.putObject("error").put("type", type).put("message", message);
    return root.put("request_id", "req_fake");
  }

  private static String stopReason(Answer answer) {
    if (answer.cutShort()) {
      return "max_tokens";
    }
    return answer.toolCalls().isEmpty() ? "end_turn" : "tool_use";
  }

  /** Anthropic counts cached input beside {@code input_tokens}, not in it. */
  private static ObjectNode usage(Usage usage, long output) {
    return Json.object()
        .put("input_tokens", usage.input() - usage.cacheRead() - usage.cacheWrite())
        .put("cache_creation_input_tokens", usage.cacheWrite())
        .put("cache_read_input_tokens", usage.cacheRead())
        .put("output_tokens", output);
  }

  private static JsonNode parsed(String json) {
    try {
      return Json.read(json);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("arguments must be a JSON object: " + json, e);
    }
  }
}
