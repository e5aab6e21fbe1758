package io.aigateway.dialect.mistral;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.dialect.Leftovers;
import io.aigateway.wire.Json;
import java.util.Collection;
import java.util.List;

/** What must be changed in a message of OpenAI's dialect so that Mistral takes it? */
final class MessageAdapter {
  /** What OpenAI, and those that follow it, put into a model's message and Mistral refuses. */
  private static final List<String> FOREIGN =
      List.of(
          "annotations",
          "audio",
          "function_call",
          "reasoning",
          "reasoning_content",
          "reasoning_details",
          "refusal");

  private final Collection<String> dropped;

  MessageAdapter(Collection<String> dropped) {
    this.dropped = dropped;
  }

  void adapt(ObjectNode message) {
    String role = message.path("role").asText();
    if (role.equals("developer")) {
      message.put("role", "system");
    }
    if (!role.equals("tool") && message.remove("name") != null) {
      dropped.add("messages.name");
    }
    JsonNode refusal = message.path("refusal");
    if (refusal.isTextual() && !message.hasNonNull("content")) {
      message.put("content", refusal.textValue());
    }
    for (String name : FOREIGN) {
      JsonNode value = message.remove(name);
      boolean says =
          value != null && !value.isNull() && !(value.isContainerNode() && value.isEmpty());
      if (says && value != refusal) {
        dropped.add("messages." + name);
      }
    }
    if (!message.path("images").isEmpty()) {
      throw Leftovers.unsupported(
          "messages", RequestAdapter.PROVIDER + " takes no pictures that a model made");
    }
    uncached(message, dropped);
    calls(message);
    if (message.path("tool_call_id").isTextual()) {
      message.put("tool_call_id", CallIds.of(message.path("tool_call_id").textValue()));
    }
    for (JsonNode part : message.path("content")) {
      if (part instanceof ObjectNode object) {
        part(object);
      }
    }
  }

  private void calls(ObjectNode message) {
    if (message.has("tool_calls") && message.path("tool_calls").isEmpty()) {
      message.remove("tool_calls");
    }
    for (JsonNode call : message.path("tool_calls")) {
      if (call instanceof ObjectNode object) {
        uncached(object, dropped);
        if (call.path("id").isTextual()) {
          object.put("id", CallIds.of(call.path("id").textValue()));
        }
      }
      if (call.path("function") instanceof ObjectNode function
          && function.path("arguments").isTextual()) {
        function.put("arguments", arguments(function.path("arguments").textValue()));
      }
    }
  }

  /** The text itself when it is an object: what a model wrote badly must not fail later turns. */
  private static String arguments(String given) {
    if (given.isBlank()) {
      return "{}";
    }
    try {
      if (Json.read(given).isObject()) {
        return given;
      }
    } catch (JsonProcessingException e) {
      // given on as it is, below
    }
    return Json.text(Json.object().put("arguments", given));
  }

  /** Takes the hint out that Mistral has no word for. */
  static void uncached(ObjectNode node, Collection<String> dropped) {
    JsonNode hint = node.remove("cache_control");
    if (hint != null && !hint.isNull()) {
      dropped.add("cache_control");
    }
  }

  private void part(ObjectNode part) {
    uncached(part, dropped);
    JsonNode file = part.path("file");
    switch (part.path("type").asText()) {
      case "refusal" -> {
        part.set("text", part.path("refusal"));
        part.remove("refusal");
        part.put("type", "text");
      }
      case "input_audio" -> {
        if (part.at("/input_audio/data").isTextual()) {
          part.set("input_audio", part.at("/input_audio/data"));
        }
      }
      case "file" -> {
        if (file.path("file_id").isTextual()) {
          part.set("file_id", file.path("file_id"));
          part.remove("file");
        } else if (file.path("file_data").isTextual()) {
          document(part, file);
        }
      }
      default -> {}
    }
  }

  private static void document(ObjectNode part, JsonNode file) {
    part.remove("file");
    part.put("type", "document_url");
    part.set("document_url", file.path("file_data"));
    if (file.path("filename").isTextual()) {
      part.set("document_name", file.path("filename"));
    }
  }
}
