package io.aigateway.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ollama's chat, lines of JSON. Source: https://github.com/ollama/ollama/blob/main/docs/api.md */
enum OllamaWire implements Wire {
  INSTANCE;

  @Override
  public boolean streamsByDefault() {
    return true;
  }

  @Override
  public String streamContentType() {
    return "application/x-ndjson";
  }

  @Override
  public byte[] whole(Answer answer) {
    return Json.bytes(done(answer, answer.text(), answer.toolCalls()));
  }

  @Override
  public Parts stream(Answer answer) {
    List<byte[]> content = new ArrayList<>();
    for (String piece : answer.pieces()) {
      content.add(line(said(answer, piece, List.of()).put("done", false)));
    }
    if (!answer.toolCalls().isEmpty()) {
      content.add(line(said(answer, "", answer.toolCalls()).put("done", false)));
    }
    return new Parts(List.of(), content, List.of(line(done(answer, "", List.of()))));
  }

  @Override
  public byte[] error(int status, @Nullable String message) {
    String usual =
        switch (status) {
          case 400 -> "invalid request: messages must be an array";
          case 401 -> "unauthorized";
          case 403 -> "forbidden";
          case 404 -> "model \"none\" not found, try pulling it first";
          case 429 -> "too many requests";
          case 503 -> "server busy, please try again.  maximum pending requests exceeded";
          default -> "llama runner process has terminated: exit status 2";
        };
    return Json.bytes(Json.object().put("error", message == null ? usual : message));
  }

  @Override
  public byte[] errorEvent(String message) {
    return line(Json.object().put("error", message));
  }

  @Override
  public byte[] brokenEvent() {
    return "{\"model\":\"fake\",\"message\":{\"ro\n".getBytes(UTF_8);
  }

  private static ObjectNode done(Answer answer, String text, List<ToolCall> toolCalls) {
    return said(answer, text, toolCalls)
        .put("done", true)
        .put("done_reason", answer.cutShort() ? "length" : "stop")
        .put("total_duration", 5_000_000L)
        .put("load_duration", 1_000_000L)
        .put("prompt_eval_count", answer.usage().input())
        .put("prompt_eval_duration", 1_000_000L)
        .put("eval_count", answer.usage().output())
        .put("eval_duration", 3_000_000L);
  }

  private static ObjectNode said(Answer answer, String text, List<ToolCall> toolCalls) {
    ObjectNode root =
        Json.object().put("model", answer.model()).put("created_at", "2025-01-01T00:00:00.000Z");
    ObjectNode message = root.putObject("message").put("role", "assistant").put("content", text);
    if (!toolCalls.isEmpty()) {
      ArrayNode calls = message.putArray("tool_calls");
      for (ToolCall call : toolCalls) {
        ObjectNode function = calls.addObject().putObject("function").put("name", call.name());
        try {
          function.set("arguments", Json.read(call.arguments()));
        } catch (JsonProcessingException e) {
          throw new IllegalArgumentException(
              "arguments must be a JSON object: " + call.arguments(), e);
        }
      }
    }
    return root;
  }

  private static byte[] line(ObjectNode node) {
    return (Json.text(node) + "\n").getBytes(UTF_8);
  }
}
