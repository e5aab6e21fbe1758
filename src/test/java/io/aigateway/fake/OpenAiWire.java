package io.aigateway.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Usage;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** OpenAI's chat completions. Source: https://platform.openai.com/docs/api-reference/chat */
enum OpenAiWire implements Wire {
  INSTANCE;

  private static final String ID = "chatcmpl-fake";
  private static final long CREATED = 1_700_000_000L;

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
    ObjectNode root = head(answer, "chat.completion");
    ObjectNode choice = root.putArray("choices").addObject();
    choice.put("index", 0);
    ObjectNode message = choice.putObject("message");
    message.put("role", "assistant");
    if (answer.pieces().isEmpty()) {
      message.putNull("content");
    } else {
      message.put("content", answer.text());
    }
    message.putNull("refusal");
    if (!answer.toolCalls().isEmpty()) {
      ArrayNode calls = message.putArray("tool_calls");
      answer.toolCalls().forEach(call -> toolCall(calls.addObject(), call, call.arguments()));
    }
    choice.putNull("logprobs");
    choice.put("finish_reason", finish(answer));
    root.set("usage", usage(answer.usage()));
    return Json.bytes(root);
  }

  @Override
  public Parts stream(Answer answer) {
    ObjectNode first = Json.object().put("role", "assistant").put("content", "");
    List<byte[]> content = new ArrayList<>();
    for (String piece : answer.pieces()) {
      content.add(chunk(answer, Json.object().put("content", piece), null));
    }
    for (int i = 0; i < answer.toolCalls().size(); i++) {
      ToolCall call = answer.toolCalls().get(i);
      ObjectNode start = Json.object();
      toolCall(start.putArray("tool_calls").addObject().put("index", i), call, "");
      content.add(chunk(answer, start, null));
      for (String half : halves(call.arguments())) {
        ObjectNode more = Json.object();
        ObjectNode part = more.putArray("tool_calls").addObject().put("index", i);
        part.putObject("function").put("arguments", half);
        content.add(chunk(answer, more, null));
      }
    }
    List<byte[]> closing = new ArrayList<>();
    closing.add(chunk(answer, Json.object(), finish(answer)));
    if (answer.usageAsked()) {
      ObjectNode last = head(answer, "chat.completion.chunk");
      last.putArray("choices");
      last.set("usage", usage(answer.usage()));
      closing.add(data(last));
    }
    closing.add("data: [DONE]\n\n".getBytes(UTF_8));
    return new Parts(List.of(chunk(answer, first, null)), content, closing);
  }

  @Override
  public byte[] error(int status, @Nullable String message) {
    ObjectNode root = Json.object();
    root.set("error", errorOf(status, message));
    return Json.bytes(root);
  }

  @Override
  public byte[] errorEvent(String message) {
    ObjectNode root = Json.object();
    root.set("error", errorOf(500, message));
    return data(root);
  }

  @Override
  public byte[] brokenEvent() {
    return "data: {\"id\":\"chatcmpl-fake\",\"choices\":[{\"ind\n\n".getBytes(UTF_8);
  }

  /** Cuts a text in two, since real models send arguments in parts. */
  static List<String> halves(String text) {
    int middle = text.length() / 2;
    return List.of(text.substring(0, middle), text.substring(middle));
  }

  private static ObjectNode head(Answer answer, String object) {
    return Json.object()
        .put("id", ID)
        .put("object", object)
        .put("created", CREATED)
        .put("model", answer.model())
        .put("system_fingerprint", "fp_fake");
  }

  private static byte[] chunk(Answer answer, ObjectNode delta, @Nullable String finish) {
    ObjectNode root = head(answer, "chat.completion.chunk");
    ObjectNode choice = root.putArray("choices").addObject();
    choice.put("index", 0);
    choice.set("delta", delta);
    choice.putNull("logprobs");
    choice.put("finish_reason", finish);
    if (answer.usageAsked()) {
      root.putNull("usage");
    }
    return data(root);
  }

  private static byte[] data(JsonNode node) {
    return ("data: " + Json.text(node) + "\n\n").getBytes(UTF_8);
  }

  private static String finish(Answer answer) {
    if (answer.cutShort()) {
      return "length";
    }
    return answer.toolCalls().isEmpty() ? "stop" : "tool_calls";
  }

  private static void toolCall(ObjectNode into, ToolCall call, String arguments) {
    into.put("id", call.id()).put("type", "function");
    into.putObject("function").put("name", call.name()).put("arguments", arguments);
  }

  private static ObjectNode usage(Usage usage) {
    ObjectNode node =
        Json.object()
            .put("prompt_tokens", usage.input())
            .put("completion_tokens", usage.output())
            .put("total_tokens", usage.total());
    node.putObject("prompt_tokens_details")
        .put("cached_tokens", usage.cacheRead())
        .put("audio_tokens", usage.audioInput());
    node.putObject("completion_tokens_details")
        .put("reasoning_tokens", usage.reasoning())
        .put("audio_tokens", usage.audioOutput());
    return node;
  }

  private static ObjectNode errorOf(int status, @Nullable String message) {
    return switch (status) {
      case 400 ->
          error(
              message,
              "Invalid type for 'messages': expected an array of objects, but got a string"
                  + " instead.",
              "invalid_request_error",
              "messages",
              "invalid_type");
      case 401 ->
          error(
              message,
              "Incorrect API key provided: sk-fake. You can find your API key at"
                  + " https://platform.openai.com/account/api-keys.",
              "invalid_request_error",
              null,
              "invalid_api_key");
      case 403 ->
          error(
              message,
              "Country, region, or territory not supported",
              "request_forbidden",
              null,
              "unsupported_country_region_territory");
      case 404 ->
          error(
              message,
              "The model `gpt-none` does not exist or you do not have access to it.",
              "invalid_request_error",
              null,
              "model_not_found");
      case 429 ->
          error(
              message,
              "Rate limit reached for gpt-4o-mini in organization org-fake on requests per min"
                  + " (RPM): Limit 3, Used 3, Requested 1. Please try again in 20s.",
              "requests",
              null,
              "rate_limit_exceeded");
      case 503 ->
          error(
              message,
              "The engine is currently overloaded, please try again later",
              "server_error",
              null,
              null);
      default ->
          error(
              message,
              "The server had an error while processing your request. Sorry about that!",
              status < 500 ? "invalid_request_error" : "server_error",
              null,
              null);
    };
  }

  private static ObjectNode error(
      @Nullable String message,
      String usual,
      String type,
      @Nullable String param,
      @Nullable String code) {
    return Json.object()
        .put("message", message == null ? usual : message)
        .put("type", type)
        .put("param", param)
        .put("code", code);
  }
}
