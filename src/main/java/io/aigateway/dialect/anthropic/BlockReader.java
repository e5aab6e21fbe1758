package io.aigateway.dialect.anthropic;

import static io.aigateway.dialect.Fields.flag;
import static io.aigateway.dialect.Fields.optional;
import static io.aigateway.dialect.Fields.required;
import static io.aigateway.dialect.Fields.value;
import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Content;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does a caller's content block say, in neutral words? Blocks that are not known become {@link
 * Content.Rest}, for the provider's dialect to judge.
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
final class BlockReader {
  private BlockReader() {}

  /**
   * A string, or a list of blocks.
   *
   * @throws io.aigateway.error.RequestException 400 naming the block
   */
  static List<Content> content(@Nullable JsonNode content, String at) {
    if (content != null && content.isTextual()) {
      return List.of(new Content.Text(content.textValue()));
    }
    if (content == null || !content.isArray()) {
      throw invalid(at, "The field '" + at + "' must be a string or a list of blocks.");
    }
    List<Content> parts = new ArrayList<>(content.size());
    for (int i = 0; i < content.size(); i++) {
      parts.add(block(content.get(i), at + "[" + i + "]"));
    }
    return parts;
  }

  private static Content block(JsonNode node, String at) {
    if (!node.isObject()) {
      throw invalid(at, "The block '" + at + "' must be an object.");
    }
    String type = required(node, "type", at + ".type");
    JsonNode hint = value(node, "cache_control");
    return switch (type) {
      case "text" ->
          new Content.Text(
              required(node, "text", at + ".text"), Citations.read(node.path("citations")), hint);
      case "image" -> new Content.Image(source(node, type, at), null, hint);
      case "document" -> document(node, at, hint);
      case "thinking" ->
          new Content.Thinking(
              required(node, "thinking", at + ".thinking"),
              optional(node, "signature", at + ".signature"),
              null);
      case "redacted_thinking" ->
          new Content.Thinking("", null, required(node, "data", at + ".data"));
      case "tool_use" ->
          new Content.ToolCall(
              required(node, "id", at + ".id"),
              required(node, "name", at + ".name"),
              input(node, at + ".input"),
              hint);
      case "tool_result" -> result(node, at, hint);
      case "search_result" -> found(node, at, hint);
      default -> new Content.Rest(AnthropicProvider.NAME, type, node);
    };
  }

  private static String input(JsonNode node, String at) {
    JsonNode input = value(node, "input");
    if (input == null) {
      return "{}";
    }
    if (!input.isObject()) {
      throw invalid(at, "The field '" + at + "' must be an object.");
    }
    return Json.text(input);
  }

  private static Content result(JsonNode node, String at, @Nullable JsonNode hint) {
    JsonNode content = value(node, "content");
    return new Content.ToolResult(
        required(node, "tool_use_id", at + ".tool_use_id"),
        content == null ? List.of() : content(content, at + ".content"),
        Boolean.TRUE.equals(flag(node, "is_error", at + ".is_error")),
        hint);
  }

  private static Content found(JsonNode node, String at, @Nullable JsonNode hint) {
    List<String> texts = new ArrayList<>();
    for (Content part : content(value(node, "content"), at + ".content")) {
      if (!(part instanceof Content.Text text)) {
        throw invalid(at + ".content", "The field '" + at + ".content' takes blocks of text only.");
      }
      texts.add(text.text());
    }
    return new Content.SearchResult(
        required(node, "source", at + ".source"),
        required(node, "title", at + ".title"),
        texts,
        node.path("citations").path("enabled").asBoolean(),
        hint);
  }

  private static Content document(JsonNode node, String at, @Nullable JsonNode hint) {
    String title = optional(node, "title", at + ".title");
    String context = optional(node, "context", at + ".context");
    boolean cited = node.path("citations").path("enabled").asBoolean();
    JsonNode source = node.path("source");
    if (source.path("type").asText().equals("content")) {
      StringBuilder text = new StringBuilder();
      for (Content part : content(value(source, "content"), at + ".source.content")) {
        if (!(part instanceof Content.Text piece)) {
          return new Content.Rest(AnthropicProvider.NAME, "document", node);
        }
        text.append(text.isEmpty() ? "" : "\n").append(piece.text());
      }
      return new Content.Document(
          new Content.Source.PlainText(text.toString()), title, context, cited, hint);
    }
    return new Content.Document(source(node, "document", at), title, context, cited, hint);
  }

  private static Content.Source source(JsonNode node, String kind, String at) {
    JsonNode source = value(node, "source");
    String place = at + ".source";
    if (source == null || !source.isObject()) {
      throw invalid(place, "The field '" + place + "' must be an object.");
    }
    String type = required(source, "type", place + ".type");
    return switch (type) {
      case "base64" ->
          new Content.Source.Base64(
              required(source, "media_type", place + ".media_type"),
              required(source, "data", place + ".data"));
      case "url" -> new Content.Source.Url(required(source, "url", place + ".url"));
      case "file" -> new Content.Source.FileId(required(source, "file_id", place + ".file_id"));
      case "text" -> new Content.Source.PlainText(required(source, "data", place + ".data"));
      default ->
          throw invalid(
              place + ".type", "The field '" + place + ".type' names no source of " + kind + "s.");
    };
  }
}
