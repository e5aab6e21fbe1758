package io.aigateway.dialect.responses;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.dialect.Fields;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.RequestBody;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What does a request for a response ask, in neutral words? What needs memory of earlier requests
 * is refused, since nothing is kept. One instance a body.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses/create
 */
final class RequestReader {
  /** Fields with a place in {@link ChatRequest}, and those that ask for nothing. */
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "input",
          "instructions",
          "tools",
          "tool_choice",
          "parallel_tool_calls",
          "temperature",
          "top_p",
          "top_logprobs",
          "max_output_tokens",
          "text",
          "reasoning",
          "include",
          "stream",
          "stream_options",
          "user",
          "safety_identifier",
          "metadata",
          "background",
          "previous_response_id",
          "conversation",
          "prompt");

  private final JsonNode root;

  private RequestReader(JsonNode root) {
    this.root = root;
  }

  static ChatRequest read(byte[] body) {
    return new RequestReader(RequestBody.tree(body)).read();
  }

  private ChatRequest read() {
    String model = Fields.required(root, "model", "model");
    if (model.isBlank()) {
      throw invalid("model", "The field 'model' must not be empty.");
    }
    refuseState();
    ToolsReader tools = new ToolsReader(root);
    return new ChatRequest(
        model,
        messages(),
        tools.tools(),
        tools.choice(),
        Fields.flag(root, "parallel_tool_calls", "parallel_tool_calls"),
        sampling(),
        format(),
        reasoning(),
        Boolean.TRUE.equals(Fields.flag(root, "stream", "stream")),
        true,
        user(),
        Fields.entries(root, "metadata", "metadata"),
        rest());
  }

  /** The newer name of {@code user} wins. */
  private @Nullable String user() {
    String name = Fields.optional(root, "safety_identifier", "safety_identifier");
    return name == null ? Fields.optional(root, "user", "user") : name;
  }

  private void refuseState() {
    for (String name : List.of("previous_response_id", "conversation")) {
      if (root.hasNonNull(name)) {
        throw Leftovers.unsupported(
            name, "Responses are not kept here; send the whole conversation in 'input'.");
      }
    }
    if (Boolean.TRUE.equals(Fields.flag(root, "background", "background"))) {
      throw Leftovers.unsupported("background", "Responses are not kept here; wait for them.");
    }
    if (root.hasNonNull("prompt")) {
      throw Leftovers.unsupported(
          "prompt", "Prompts kept by OpenAI can't be used here; send 'instructions' and 'input'.");
    }
  }

  private List<Message> messages() {
    List<Message> all = new ArrayList<>();
    String instructions = Fields.optional(root, "instructions", "instructions");
    if (instructions != null) {
      all.add(new Message(Role.SYSTEM, ItemReader.text(instructions)));
    }
    JsonNode input = Fields.value(root, "input");
    if (input == null) {
      throw invalid("input", "The field 'input' is missing; it must be a text or a list of items.");
    }
    if (input.isTextual()) {
      all.add(new Message(Role.USER, ItemReader.text(input.textValue())));
    } else if (input.isArray() && !input.isEmpty()) {
      new ItemReader(all).read(input);
    } else {
      throw invalid("input", "The field 'input' must be a text, or a list with an item.");
    }
    return all;
  }

  private Sampling sampling() {
    Integer top = Fields.integer(root, "top_logprobs", "top_logprobs", 0, 20);
    boolean logprobs = top != null && top > 0 || includes("message.output_text.logprobs");
    return new Sampling(
        Fields.number(root, "temperature", "temperature"),
        Fields.number(root, "top_p", "top_p"),
        null,
        Fields.atLeast(root, "max_output_tokens", "max_output_tokens", 1),
        List.of(),
        null,
        null,
        null,
        null,
        logprobs ? Boolean.TRUE : null,
        logprobs && top != null ? top : null);
  }

  private boolean includes(String what) {
    for (JsonNode item : root.path("include")) {
      if (item.asText().equals(what)) {
        return true;
      }
    }
    return false;
  }

  private @Nullable ResponseFormat format() {
    JsonNode text = Fields.value(root, "text");
    JsonNode format = text == null ? null : Fields.value(text, "format");
    if (format == null) {
      return null;
    }
    String type = Fields.required(format, "type", "text.format.type");
    return switch (type) {
      case "text" -> null;
      case "json_object" -> new ResponseFormat.JsonObject();
      case "json_schema" -> {
        JsonNode schema = Fields.value(format, "schema");
        if (schema != null && !schema.isObject()) {
          throw invalid("text.format.schema", "The schema must be an object.");
        }
        yield new ResponseFormat.JsonSchema(
            Fields.required(format, "name", "text.format.name"),
            Fields.optional(format, "description", "text.format.description"),
            schema == null ? Json.object() : schema,
            Fields.flag(format, "strict", "text.format.strict"));
      }
      default ->
          throw invalid("text.format.type", "The format must be text, json_object or json_schema.");
    };
  }

  private @Nullable Reasoning reasoning() {
    JsonNode reasoning = Fields.value(root, "reasoning");
    String effort =
        reasoning == null ? null : Fields.optional(reasoning, "effort", "reasoning.effort");
    String summary =
        reasoning == null ? null : Fields.optional(reasoning, "summary", "reasoning.summary");
    return effort == null ? null : new Reasoning(!effort.equals("none"), effort, null, summary);
  }

  /** What is left out everywhere; only what asks for something is named. */
  private Map<String, JsonNode> rest() {
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!KNOWN.contains(field.getKey()) && !isDefault(field.getKey(), field.getValue())) {
        rest.put(field.getKey(), field.getValue());
      }
    }
    JsonNode reasoning = root.path("reasoning");
    if (reasoning.hasNonNull("summary") && !reasoning.hasNonNull("effort")) {
      // no more thinking is asked for, only to see what is thought anyway
      rest.put("reasoning.summary", reasoning.path("summary"));
    }
    JsonNode verbosity = root.path("text").path("verbosity");
    if (verbosity.isTextual()) {
      rest.put("text.verbosity", verbosity);
    }
    for (JsonNode item : root.path("include")) {
      switch (item.asText()) {
        case "message.output_text.logprobs", "reasoning.encrypted_content" -> {}
        default -> rest.put("include", root.path("include"));
      }
    }
    return rest;
  }

  private static boolean isDefault(String name, JsonNode value) {
    return switch (name) {
      case "store" -> !value.asBoolean();
      case "truncation" -> value.asText().equals("disabled");
      default -> false;
    };
  }
}
