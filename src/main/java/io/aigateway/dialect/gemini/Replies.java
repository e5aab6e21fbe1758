package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Signatures;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What do Gemini's words mean that whole and streamed answers share? */
final class Replies {
  private static final int MOST_CANDIDATES = 128;

  private Replies() {}

  /** A text that is not empty, or null. */
  static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() && !value.textValue().isEmpty() ? value.textValue() : null;
  }

  /** The answer's number; the first one's is often left out. */
  static int index(JsonNode candidate, int position) {
    JsonNode index = candidate.path("index");
    return index.isInt() && index.intValue() >= 0 && index.intValue() < MOST_CANDIDATES
        ? index.intValue()
        : position;
  }

  /** The parts of an answer, of which a filter may leave none. */
  static List<JsonNode> parts(JsonNode candidate) {
    JsonNode parts = candidate.path("content").path("parts");
    if (!parts.isArray() && !parts.isMissingNode() && !parts.isNull()) {
      throw new MalformedReplyException("the parts of an answer are not a list");
    }
    List<JsonNode> all = new ArrayList<>(parts.size());
    for (JsonNode part : parts) {
      if (!part.isObject()) {
        throw new MalformedReplyException("a part of an answer is not an object");
      }
      all.add(part);
    }
    return all;
  }

  /** Whether the prompt was blocked, so that there is no answer at all. */
  static boolean isBlocked(JsonNode reply) {
    return text(reply.path("promptFeedback"), "blockReason") != null;
  }

  /**
   * Gemini says {@code STOP} also when it waits for tools; unknown words are a plain end.
   *
   * @throws MalformedReplyException when the model failed: what there is of an answer is none
   */
  static FinishReason finish(@Nullable String word, boolean calls) {
    return switch (word == null ? "STOP" : word) {
      case "MAX_TOKENS" -> FinishReason.LENGTH;
      case "SAFETY",
          "RECITATION",
          "LANGUAGE",
          "BLOCKLIST",
          "PROHIBITED_CONTENT",
          "SPII",
          "IMAGE_SAFETY",
          "IMAGE_PROHIBITED_CONTENT",
          "IMAGE_RECITATION",
          "IMAGE_OTHER",
          "MODEL_ARMOR" ->
          FinishReason.CONTENT_FILTER;
      case "MALFORMED_FUNCTION_CALL",
          "UNEXPECTED_TOOL_CALL",
          "TOO_MANY_TOOL_CALLS",
          "MISSING_THOUGHT_SIGNATURE",
          "MALFORMED_RESPONSE",
          "NO_IMAGE",
          "OTHER" ->
          throw MalformedReplyException.ofModel("the model came to no answer: " + word);
      default -> calls ? FinishReason.TOOL_CALLS : FinishReason.STOP;
    };
  }

  static boolean isCall(JsonNode part) {
    return part.path("functionCall").isObject();
  }

  /**
   * One tool call, whose id holds the part's signature.
   *
   * @throws MalformedReplyException when it has no name
   */
  static Content.ToolCall call(JsonNode reply, int choice, JsonNode part, CallIds ids) {
    JsonNode function = part.path("functionCall");
    String name = text(function, "name");
    if (name == null) {
      throw new MalformedReplyException("a function call has no name");
    }
    JsonNode args = function.path("args");
    String arguments = args.isObject() ? Json.text(args) : "{}";
    String given = text(function, "id");
    String seed = text(reply, "responseId") + "\n" + choice + "\n" + name + arguments;
    String id = ids.next(given == null ? "" : given, seed);
    String signature = signature(part);
    return new Content.ToolCall(
        signature == null ? id : Signatures.sealed(id, GeminiProvider.NAME, signature),
        name,
        arguments);
  }

  /** The picture that a part holds, or null. */
  static Content.@Nullable Image image(JsonNode part) {
    JsonNode inline = part.path("inlineData");
    String type = text(inline, "mimeType");
    String data = text(inline, "data");
    return type == null || data == null || !type.startsWith("image/")
        ? null
        : new Content.Image(new Content.Source.Base64(type, data), null);
  }

  /** Whether it is a thought: text, or a draft of a picture, which is none of the answer. */
  static boolean isThought(JsonNode part) {
    return part.path("thought").asBoolean();
  }

  static @Nullable String signature(JsonNode part) {
    return text(part, "thoughtSignature");
  }

  /** The name of what a part holds that has no word in other dialects, or null. */
  static @Nullable String kind(JsonNode part) {
    for (var field : part.properties()) {
      if (field.getValue().isObject()) {
        return field.getKey();
      }
    }
    return null;
  }
}
