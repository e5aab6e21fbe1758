package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import io.aigateway.wire.Json;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * What does a provider of OpenAI's dialect say of an error? Knows the shapes of OpenAI, Mistral,
 * FastAPI and those that wrap them in a list.
 */
public final class Errors {
  private static final int LONGEST = 4000;

  private Errors() {}

  static ProviderError read(byte[] body) {
    try {
      return read(Json.read(body));
    } catch (JsonProcessingException | RuntimeException e) {
      return ProviderError.UNKNOWN;
    }
  }

  /** The error that a frame or an answer holds in {@code error}, which may be text. */
  public static ChatEvent.Failure failure(JsonNode root) {
    ProviderError error = read(root);
    JsonNode inner = root.path("error");
    int status = status(inner.path("code"));
    String code = status == 0 ? error.code() : null;
    if (status == 0) {
      status = status(inner.path("status"));
    }
    if (status == 0) {
      status = status(inner.path("status_code"));
    }
    if (status == 0) {
      status = status(root.path("status_code"));
    }
    return new ChatEvent.Failure(
        error.type(),
        code,
        error.message() == null ? "the provider reported an error" : error.message(),
        status);
  }

  private static ProviderError read(JsonNode root) {
    if (root.isArray() && !root.isEmpty()) {
      return read(root.get(0));
    }
    if (!root.isObject()) {
      return ProviderError.UNKNOWN;
    }
    JsonNode error = root.path("error");
    if (error.isObject()) {
      return shaped(error);
    }
    if (error.isTextual()) {
      return new ProviderError(
          cut(error.textValue()),
          word(root.get("type")),
          word(root.get("code")),
          word(root.get("param")));
    }
    if (root.hasNonNull("message")) {
      return shaped(root);
    }
    String detail = detail(root.path("detail"));
    return detail == null
        ? ProviderError.UNKNOWN
        : new ProviderError(detail, word(root.get("type")), null, null);
  }

  private static ProviderError shaped(JsonNode error) {
    JsonNode message = error.path("message");
    String text = message.isTextual() ? cut(message.textValue()) : detail(message.path("detail"));
    String behind = text == null ? null : behind(error.path("metadata").path("raw").asText());
    if (behind != null && !text.contains(behind)) {
      text = cut(text + ": " + behind);
    }
    ProviderError read =
        new ProviderError(
            text, word(error.get("type")), word(error.get("code")), word(error.get("param")));
    return read.equals(ProviderError.UNKNOWN) ? ProviderError.UNKNOWN : read;
  }

  /** What the provider behind OpenRouter said, as JSON or in words; a page is not told. */
  private static @Nullable String behind(String raw) {
    String said = raw.strip();
    if (said.isEmpty() || said.startsWith("<")) {
      return null;
    }
    try {
      return read(Json.read(said)).message();
    } catch (JsonProcessingException e) {
      return said;
    }
  }

  // FastAPI gives a text, or a list with one entry a wrong field.
  private static @Nullable String detail(JsonNode detail) {
    if (detail.isTextual()) {
      return cut(detail.textValue());
    }
    StringJoiner all = new StringJoiner("; ");
    for (JsonNode item : detail) {
      if (item.path("msg").isTextual()) {
        StringJoiner place = new StringJoiner(".");
        item.path("loc").forEach(step -> place.add(step.asText()));
        String where = place.toString();
        all.add(
            where.isEmpty() ? item.path("msg").asText() : where + ": " + item.path("msg").asText());
      } else if (item.isTextual()) {
        all.add(item.textValue());
      }
    }
    return all.length() == 0 ? null : cut(all.toString());
  }

  private static @Nullable String word(@Nullable JsonNode node) {
    return node == null || !node.isValueNode() || node.isNull() ? null : cut(node.asText());
  }

  private static int status(JsonNode node) {
    int status = node.asInt(0);
    return status >= 400 && status <= 599 ? status : 0;
  }

  private static String cut(String text) {
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }
}
