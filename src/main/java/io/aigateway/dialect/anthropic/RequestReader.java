package io.aigateway.dialect.anthropic;

import static io.aigateway.dialect.Fields.flag;
import static io.aigateway.dialect.Fields.integer;
import static io.aigateway.dialect.Fields.number;
import static io.aigateway.dialect.Fields.optional;
import static io.aigateway.dialect.Fields.required;
import static io.aigateway.dialect.Fields.shortened;
import static io.aigateway.dialect.Fields.value;
import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.RequestBody;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What does a request for a message ask, in neutral words? One instance a body.
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
final class RequestReader {
  /** Fields with a place in {@link ChatRequest}; all others go into its rest. */
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "system",
          "max_tokens",
          "stream",
          "tools",
          "tool_choice",
          "stop_sequences",
          "temperature",
          "top_p",
          "top_k",
          "metadata",
          "thinking",
          "output_config",
          "output_format");

  /** Fields on which the answer hangs and which only Anthropic's own servers can serve. */
  private static final List<String> SERVED = List.of("mcp_servers", "container");

  /** Fields of a tool with a place in {@link Tool}. */
  private static final Set<String> TOOL =
      Set.of("name", "description", "input_schema", "type", "cache_control", "strict");

  private static final String USER_ID = "user_id";

  private final JsonNode root;

  private RequestReader(JsonNode root) {
    this.root = root;
  }

  static ChatRequest read(byte[] body) {
    return new RequestReader(RequestBody.tree(body)).read();
  }

  private ChatRequest read() {
    String model = required(root, "model", "model");
    if (model.isBlank()) {
      throw invalid("model", "The field 'model' must not be empty.");
    }
    for (String name : SERVED) {
      JsonNode value = value(root, name);
      if (value != null && !(value.isContainerNode() && value.isEmpty())) {
        throw Leftovers.unsupported(
            name, "The field '" + name + "' only works with Anthropic's own models.");
      }
    }
    if (value(root, "thread") != null) {
      throw new RequestException(
          new ApiError(
              400,
              "invalid_request_error",
              AnthropicCaller.NO_THREADS,
              "thread",
              "Messages are not kept here; send the whole conversation, without 'thread'.",
              null,
              false));
    }
    JsonNode choice = object("tool_choice");
    boolean stream = Boolean.TRUE.equals(flag(root, "stream", "stream"));
    Map<String, JsonNode> metadata = metadata();
    JsonNode user = metadata.remove(USER_ID);
    return new ChatRequest(
        model,
        messages(),
        tools(),
        choice == null ? null : toolChoice(choice),
        choice == null ? null : parallel(choice),
        sampling(),
        responseFormat(),
        reasoning(),
        stream,
        stream,
        user == null ? null : user.asText(),
        metadata,
        rest());
  }

  private Map<String, JsonNode> rest() {
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!KNOWN.contains(field.getKey())) {
        rest.put(field.getKey(), field.getValue());
      }
    }
    inside(root.path("output_config"), "output_config", Set.of("effort", "format"), rest);
    inside(root.path("thinking"), "thinking", Set.of("type", "budget_tokens"), rest);
    for (JsonNode tool : root.path("tools")) {
      inside(tool, "tools", TOOL, rest);
    }
    return rest;
  }

  /** What stands inside a field that has a place, without having one itself. */
  private static void inside(
      JsonNode node, String name, Set<String> known, Map<String, JsonNode> rest) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      JsonNode value = field.getValue();
      boolean nothing =
          value.isNull()
              || value.isBoolean() && !value.booleanValue()
              || value.isContainerNode() && value.isEmpty();
      if (!known.contains(field.getKey()) && !nothing) {
        rest.put(name + "." + field.getKey(), value);
      }
    }
  }

  private List<Message> messages() {
    JsonNode list = value(root, "messages");
    if (list == null || !list.isArray() || list.isEmpty()) {
      throw invalid("messages", "The field 'messages' must be a list of at least one message.");
    }
    List<Message> messages = new ArrayList<>(list.size() + 1);
    JsonNode system = value(root, "system");
    if (system != null) {
      List<Content> content = BlockReader.content(system, "system");
      if (!content.isEmpty()) {
        messages.add(new Message(Role.SYSTEM, content));
      }
    }
    for (int i = 0; i < list.size(); i++) {
      message(list.get(i), "messages[" + i + "]", messages);
    }
    return messages;
  }

  private static void message(JsonNode node, String at, List<Message> messages) {
    if (!node.isObject()) {
      throw invalid(at, "The message '" + at + "' must be an object.");
    }
    String role = required(node, "role", at + ".role");
    List<Content> content = BlockReader.content(value(node, "content"), at + ".content");
    switch (role) {
      case "user" -> user(content, messages);
      case "assistant" -> messages.add(new Message(Role.ASSISTANT, content));
      case "system" -> messages.add(new Message(Role.SYSTEM, content));
      default ->
          throw invalid(
              at + ".role",
              "'" + shortened(role) + "' is not a role in '" + at + "'; use user or assistant.");
    }
  }

  /** Results come first: other dialects want them right after the turn that called the tools. */
  private static void user(List<Content> content, List<Message> messages) {
    List<Content> said = new ArrayList<>(content.size());
    boolean results = false;
    for (Content part : content) {
      if (part instanceof Content.ToolResult) {
        results = true;
        messages.add(new Message(Role.TOOL, List.of(part)));
      } else {
        said.add(part);
      }
    }
    if (!said.isEmpty() || !results) {
      messages.add(new Message(Role.USER, said));
    }
  }

  private List<Tool> tools() {
    JsonNode list = list("tools");
    List<Tool> tools = new ArrayList<>();
    for (int i = 0; list != null && i < list.size(); i++) {
      tools.add(tool(list.get(i), "tools[" + i + "]"));
    }
    return tools;
  }

  private static Tool tool(JsonNode node, String at) {
    if (!node.isObject()) {
      throw invalid(at, "The tool '" + at + "' must be an object.");
    }
    String type = optional(node, "type", at + ".type");
    if (type != null && !type.equals("custom")) {
      throw Leftovers.unsupported(
          at + ".type",
          "The tool '"
              + shortened(type)
              + "' in '"
              + at
              + ".type' is Anthropic's own; other models take tools of type custom only.");
    }
    JsonNode schema = value(node, "input_schema");
    if (schema == null || !schema.isObject()) {
      throw invalid(
          at + ".input_schema", "The field '" + at + ".input_schema' must be a JSON schema.");
    }
    return new Tool(
        required(node, "name", at + ".name"),
        optional(node, "description", at + ".description"),
        schema,
        flag(node, "strict", at + ".strict"),
        value(node, "cache_control"));
  }

  private static ToolChoice toolChoice(JsonNode choice) {
    String type = required(choice, "type", "tool_choice.type");
    return switch (type) {
      case "auto" -> new ToolChoice.Auto();
      case "any" -> new ToolChoice.Required();
      case "none" -> new ToolChoice.None();
      case "tool" -> new ToolChoice.Named(required(choice, "name", "tool_choice.name"));
      default ->
          throw invalid(
              "tool_choice.type",
              "'"
                  + shortened(type)
                  + "' is not a value of 'tool_choice.type'; use auto, any, tool or none.");
    };
  }

  private static @Nullable Boolean parallel(JsonNode choice) {
    Boolean disabled =
        flag(choice, "disable_parallel_tool_use", "tool_choice.disable_parallel_tool_use");
    return disabled == null ? null : Boolean.valueOf(!disabled);
  }

  private Sampling sampling() {
    Long maxTokens = integer(root, "max_tokens", "max_tokens");
    if (maxTokens != null && maxTokens < 1) {
      throw invalid("max_tokens", "The field 'max_tokens' must be at least 1.");
    }
    return new Sampling(
        number(root, "temperature", "temperature"),
        number(root, "top_p", "top_p"),
        integer(root, "top_k", "top_k", 0, Integer.MAX_VALUE),
        maxTokens,
        stop(),
        null,
        null,
        null,
        null,
        null,
        null);
  }

  private List<String> stop() {
    JsonNode list = list("stop_sequences");
    List<String> all = new ArrayList<>();
    for (int i = 0; list != null && i < list.size(); i++) {
      if (!list.get(i).isTextual()) {
        throw invalid("stop_sequences", "The field 'stop_sequences' must be a list of strings.");
      }
      all.add(list.get(i).textValue());
    }
    return all;
  }

  private @Nullable Reasoning reasoning() {
    JsonNode config = object("output_config");
    String effort = config == null ? null : optional(config, "effort", "output_config.effort");
    JsonNode thinking = object("thinking");
    if (thinking == null) {
      return effort == null ? null : new Reasoning(true, effort, null);
    }
    String type = required(thinking, "type", "thinking.type");
    return switch (type) {
      case "enabled" ->
          new Reasoning(
              true,
              effort,
              integer(thinking, "budget_tokens", "thinking.budget_tokens", 1, Integer.MAX_VALUE));
      case "adaptive" -> new Reasoning(true, effort, null);
      case "disabled" -> new Reasoning(false, null, null);
      default ->
          throw invalid(
              "thinking.type",
              "'"
                  + shortened(type)
                  + "' is not a value of 'thinking.type'; use enabled, adaptive or disabled.");
    };
  }

  private @Nullable ResponseFormat responseFormat() {
    JsonNode config = object("output_config");
    JsonNode format = config == null ? null : value(config, "format");
    String at = "output_config.format";
    if (format == null) {
      format = value(root, "output_format");
      at = "output_format";
    }
    if (format == null) {
      return null;
    }
    if (!required(format, "type", at + ".type").equals("json_schema")) {
      throw invalid(at + ".type", "The field '" + at + ".type' must be json_schema.");
    }
    JsonNode schema = value(format, "schema");
    if (schema == null || !schema.isObject()) {
      throw invalid(at + ".schema", "The field '" + at + ".schema' must be a JSON schema.");
    }
    return new ResponseFormat.JsonSchema("answer", null, schema, null);
  }

  private Map<String, JsonNode> metadata() {
    Map<String, JsonNode> all = new LinkedHashMap<>();
    JsonNode metadata = object("metadata");
    if (metadata != null) {
      optional(metadata, USER_ID, "metadata." + USER_ID);
      for (Map.Entry<String, JsonNode> field : metadata.properties()) {
        if (!field.getValue().isNull()) {
          all.put(field.getKey(), field.getValue());
        }
      }
    }
    return all;
  }

  private @Nullable JsonNode object(String name) {
    JsonNode value = value(root, name);
    if (value != null && !value.isObject()) {
      throw invalid(name, "The field '" + name + "' must be an object.");
    }
    return value;
  }

  private @Nullable JsonNode list(String name) {
    JsonNode value = value(root, name);
    if (value != null && !value.isArray()) {
      throw invalid(name, "The field '" + name + "' must be a list.");
    }
    return value;
  }
}
