package io.aigateway.dialect.responses;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.Fields;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.openai.Sources;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which turns of a conversation do input items stand for? What the model said, thought and called
 * in a row is one turn, as other dialects have it. One instance a body.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses/create
 */
final class ItemReader {
  private final List<Message> messages;
  private final List<Content> assistant = new ArrayList<>();

  ItemReader(List<Message> messages) {
    this.messages = messages;
  }

  /** The whole content of a message that is plain text. */
  static List<Content> text(String text) {
    return List.of(new Content.Text(text));
  }

  void read(JsonNode input) {
    for (int i = 0; i < input.size(); i++) {
      JsonNode item = input.get(i);
      String at = "input[" + i + "]";
      if (!item.isObject()) {
        throw invalid(at, "An item of the input must be an object.");
      }
      String type = Fields.optional(item, "type", at + ".type");
      switch (type == null ? "message" : type) {
        case "message" -> message(item, at);
        case "reasoning" -> assistant.addAll(Thoughts.read(item));
        case "function_call" ->
            assistant.add(
                new Content.ToolCall(
                    Fields.required(item, "call_id", at + ".call_id"),
                    Fields.required(item, "name", at + ".name"),
                    Fields.required(item, "arguments", at + ".arguments")));
        case "function_call_output" -> result(item, at);
        case "image_generation_call" -> assistant.add(picture(item, at));
        case "item_reference" ->
            throw Leftovers.unsupported(
                at + ".type", "Items are not kept here; send the item itself.");
        default ->
            throw Leftovers.unsupported(
                at + ".type", "Items of this type can't be sent to this model.");
      }
    }
    turn();
  }

  private void message(JsonNode item, String at) {
    String role = Fields.required(item, "role", at + ".role");
    List<Content> content = content(Fields.value(item, "content"), at + ".content");
    switch (role) {
      case "assistant" -> assistant.addAll(content);
      case "user" -> add(Role.USER, content);
      case "system", "developer" -> add(Role.SYSTEM, content);
      default ->
          throw invalid(at + ".role", "The role must be user, assistant, system or developer.");
    }
  }

  private void result(JsonNode item, String at) {
    String id = Fields.required(item, "call_id", at + ".call_id");
    List<Content> output = content(Fields.value(item, "output"), at + ".output");
    add(Role.TOOL, List.of(new Content.ToolResult(id, output, false)));
  }

  private static Content picture(JsonNode item, String at) {
    String format = Fields.optional(item, "output_format", at + ".output_format");
    String data = Fields.required(item, "result", at + ".result");
    String type = "image/" + (format == null ? "png" : format);
    return new Content.Image(new Content.Source.Base64(type, data), null);
  }

  private void add(Role role, List<Content> content) {
    turn();
    messages.add(new Message(role, content));
  }

  private void turn() {
    if (!assistant.isEmpty()) {
      messages.add(new Message(Role.ASSISTANT, assistant));
      assistant.clear();
    }
  }

  private static List<Content> content(@Nullable JsonNode node, String at) {
    if (node != null && node.isTextual()) {
      return text(node.textValue());
    }
    if (node == null || !node.isArray()) {
      throw invalid(at, "The content must be a string or a list of parts.");
    }
    List<Content> parts = new ArrayList<>(node.size());
    for (int i = 0; i < node.size(); i++) {
      parts.add(part(node.get(i), at + "[" + i + "]"));
    }
    return parts;
  }

  private static Content part(JsonNode node, String at) {
    if (!node.isObject()) {
      throw invalid(at, "A content part must be an object.");
    }
    String type = Fields.required(node, "type", at + ".type");
    return switch (type) {
      case "input_text", "output_text", "text" ->
          new Content.Text(Fields.required(node, "text", at + ".text"));
      case "refusal" -> new Content.Refusal(Fields.required(node, "refusal", at + ".refusal"));
      case "input_image" -> image(node, at);
      case "input_file" -> file(node, at);
      case "input_audio" -> {
        JsonNode audio = node.path("input_audio");
        yield new Content.Audio(
            Fields.required(audio, "data", at + ".input_audio.data"),
            Fields.required(audio, "format", at + ".input_audio.format"));
      }
      default ->
          throw Leftovers.unsupported(
              at + ".type", "Parts of this type can't be sent to this model.");
    };
  }

  private static Content image(JsonNode node, String at) {
    String detail = Fields.optional(node, "detail", at + ".detail");
    String url = Fields.optional(node, "image_url", at + ".image_url");
    if (url != null) {
      return new Content.Image(Sources.of(url, at + ".image_url"), detail);
    }
    String id = Fields.optional(node, "file_id", at + ".file_id");
    if (id == null) {
      throw invalid(at + ".image_url", "An image must have an image_url or a file_id.");
    }
    return new Content.Image(new Content.Source.FileId(id), detail);
  }

  private static Content file(JsonNode node, String at) {
    String name = Fields.optional(node, "filename", at + ".filename");
    String id = Fields.optional(node, "file_id", at + ".file_id");
    if (id != null) {
      return new Content.Document(new Content.Source.FileId(id), name);
    }
    String data = Fields.optional(node, "file_data", at + ".file_data");
    if (data != null) {
      return new Content.Document(Sources.file(data, at + ".file_data"), name);
    }
    String url = Fields.optional(node, "file_url", at + ".file_url");
    if (url == null) {
      throw invalid(at + ".file_data", "A file must have file_data, a file_url or a file_id.");
    }
    return new Content.Document(Sources.of(url, at + ".file_url"), name);
  }
}
