package io.aigateway.dialect.openai;

import static io.aigateway.dialect.Fields.atLeast;
import static io.aigateway.dialect.Fields.entries;
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
import io.aigateway.dialect.AllowedTools;
import io.aigateway.dialect.RequestBody;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What does an OpenAI chat request ask, in neutral words? One instance a body.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/create
 */
final class RequestReader {
  /** Fields with a place in {@link ChatRequest}; all others go into its rest. */
  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "messages",
          "tools",
          "functions",
          "tool_choice",
          "function_call",
          "parallel_tool_calls",
          "temperature",
          "top_p",
          "top_k",
          "max_tokens",
          "max_completion_tokens",
          "stop",
          "seed",
          "n",
          "presence_penalty",
          "frequency_penalty",
          "logprobs",
          "top_logprobs",
          "response_format",
          "reasoning_effort",
          "reasoning",
          "thinking",
          "stream",
          "stream_options",
          "user",
          "safety_identifier",
          "metadata");

  private final JsonNode root;

  /** Ids of calls in the form that had none, by function name. */
  private final Map<String, String> legacyCalls = new HashMap<>();

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
    List<Tool> tools = tools();
    ToolChoice choice = null;
    JsonNode given = value(root, root.hasNonNull("tool_choice") ? "tool_choice" : "function_call");
    if (given != null) {
      String param = root.hasNonNull("tool_choice") ? "tool_choice" : "function_call";
      choice = toolChoice(given, param);
      if (given.path("type").asText().equals("allowed_tools")) {
        tools = allowed(tools, given.path("allowed_tools").path("tools"));
      }
    }
    JsonNode options = value(root, "stream_options");
    if (options != null && !options.isObject()) {
      throw invalid("stream_options", "The field 'stream_options' must be an object or null.");
    }
    Boolean stream = flag(root, "stream", "stream");
    Boolean usage =
        options == null ? null : flag(options, "include_usage", "stream_options.include_usage");
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!KNOWN.contains(field.getKey())) {
        rest.put(field.getKey(), field.getValue());
      }
    }
    return new ChatRequest(
        model,
        messages(),
        tools,
        choice,
        parallel(),
        sampling(),
        responseFormat(),
        reasoning(),
        Boolean.TRUE.equals(stream),
        Boolean.TRUE.equals(usage),
        user(),
        entries(root, "metadata", "metadata"),
        rest);
  }

  /** Those who offer functions can be told of one call only. */
  private @Nullable Boolean parallel() {
    Boolean said = flag(root, "parallel_tool_calls", "parallel_tool_calls");
    boolean one = root.hasNonNull("functions") && !root.hasNonNull("tools");
    return said == null && one ? Boolean.FALSE : said;
  }

  private List<Message> messages() {
    JsonNode list = value(root, "messages");
    if (list == null) {
      throw invalid("messages", "The field 'messages' is missing; it must be a list of messages.");
    }
    if (!list.isArray()) {
      throw invalid("messages", "The field 'messages' must be a list of messages.");
    }
    if (list.isEmpty()) {
      throw invalid("messages", "The field 'messages' must have at least one message.");
    }
    List<Message> messages = new ArrayList<>(list.size());
    for (int i = 0; i < list.size(); i++) {
      messages.add(message(list.get(i), i));
    }
    return messages;
  }

  private Message message(JsonNode node, int index) {
    String at = "messages[" + index + "]";
    if (!node.isObject()) {
      throw invalid(at, "A message must be an object.");
    }
    String role = required(node, "role", at + ".role");
    String name = optional(node, "name", at + ".name");
    return switch (role) {
      case "system", "developer" -> new Message(Role.SYSTEM, spoken(node, at), name);
      case "user" -> new Message(Role.USER, spoken(node, at), name);
      case "assistant" -> new Message(Role.ASSISTANT, assistant(node, at, index), name);
      case "tool" -> {
        String id = required(node, "tool_call_id", at + ".tool_call_id");
        yield new Message(
            Role.TOOL, List.of(new Content.ToolResult(id, spoken(node, at), false)), name);
      }
      case "function" -> {
        String function = required(node, "name", at + ".name");
        String id = legacyCalls.getOrDefault(function, "call_" + function);
        List<Content> result = content(node.get("content"), at + ".content");
        yield new Message(Role.TOOL, List.of(new Content.ToolResult(id, result, false)), function);
      }
      default ->
          throw invalid(
              at + ".role",
              "'"
                  + shortened(role)
                  + "' is not a role; use system, developer, user, assistant or tool.");
    };
  }

  private List<Content> spoken(JsonNode node, String at) {
    JsonNode content = value(node, "content");
    if (content == null) {
      throw invalid(at + ".content", "The message's content must be a string or a list of parts.");
    }
    JsonNode hint = value(node, "cache_control");
    if (hint != null && content.isTextual()) {
      return List.of(new Content.Text(content.textValue(), hint));
    }
    return content(content, at + ".content");
  }

  private List<Content> assistant(JsonNode node, String at, int index) {
    List<Content> all = new ArrayList<>();
    String thought = ReplyReader.thought(node);
    if (thought != null) {
      all.add(new Content.Thinking(thought, null, null));
    }
    all.addAll(content(node.get("content"), at + ".content"));
    String refusal = optional(node, "refusal", at + ".refusal");
    if (refusal != null) {
      all.add(new Content.Refusal(refusal));
    }
    for (Content.Source picture : Pictures.read(node)) {
      all.add(new Content.Image(picture, null));
    }
    JsonNode audio = value(node, "audio");
    if (audio != null) {
      all.add(new Content.Rest(OpenAiCaller.NAME, "audio", audio));
    }
    JsonNode calls = value(node, "tool_calls");
    if (calls != null) {
      String list = at + ".tool_calls";
      if (!calls.isArray()) {
        throw invalid(list, "A message's tool_calls must be a list.");
      }
      for (int i = 0; i < calls.size(); i++) {
        all.add(toolCall(calls.get(i), list + "[" + i + "]"));
      }
    }
    JsonNode call = value(node, "function_call");
    if (call != null) {
      String function = required(call, "name", at + ".function_call.name");
      String id = "call_" + function + "_" + index;
      legacyCalls.put(function, id);
      all.add(
          new Content.ToolCall(
              id, function, arguments(call, at + ".function_call.arguments"), null));
    }
    return all;
  }

  private static Content toolCall(JsonNode node, String at) {
    String type = optional(node, "type", at + ".type");
    if (type != null && !type.equals("function")) {
      throw unsupported(at + ".type", "Only calls of functions can be sent to this model.");
    }
    String id = required(node, "id", at + ".id");
    JsonNode function = value(node, "function");
    if (function == null) {
      throw invalid(at + ".function", "A tool call must name its function.");
    }
    return new Content.ToolCall(
        id,
        required(function, "name", at + ".function.name"),
        arguments(function, at + ".function.arguments"),
        value(node, "cache_control"));
  }

  private static String arguments(JsonNode function, String at) {
    JsonNode arguments = value(function, "arguments");
    if (arguments == null) {
      return "";
    }
    if (arguments.isTextual()) {
      return arguments.textValue();
    }
    // Some clients send the object itself.
    if (arguments.isObject()) {
      return Text.of(arguments);
    }
    throw invalid(at, "A call's arguments must be a string of JSON.");
  }

  private static List<Content> content(@Nullable JsonNode node, String at) {
    if (node == null || node.isNull()) {
      return List.of();
    }
    if (node.isTextual()) {
      return List.of(new Content.Text(node.textValue()));
    }
    if (!node.isArray()) {
      throw invalid(at, "A message's content must be a string or a list of parts.");
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
    String type = required(node, "type", at + ".type");
    return switch (type) {
      case "text" ->
          new Content.Text(required(node, "text", at + ".text"), value(node, "cache_control"));
      case "refusal" -> new Content.Refusal(required(node, "refusal", at + ".refusal"));
      case "thinking" -> new Content.Thinking(ReplyReader.thinking(node), null, null);
      case "image_url" -> image(node, at);
      case "input_audio" -> {
        JsonNode audio = node.path("input_audio");
        yield new Content.Audio(
            required(audio, "data", at + ".input_audio.data"),
            required(audio, "format", at + ".input_audio.format"));
      }
      case "file" -> file(node, at);
      default -> new Content.Rest(OpenAiCaller.NAME, type, node);
    };
  }

  private static Content image(JsonNode node, String at) {
    JsonNode image = node.path("image_url");
    JsonNode hint = value(node, "cache_control");
    // Mistral's clients give the address without an object around it.
    if (image.isTextual()) {
      return new Content.Image(Sources.of(image.textValue(), at + ".image_url"), null, hint);
    }
    String url = required(image, "url", at + ".image_url.url");
    return new Content.Image(
        Sources.of(url, at + ".image_url.url"),
        optional(image, "detail", at + ".image_url.detail"),
        hint);
  }

  private static Content file(JsonNode node, String at) {
    JsonNode file = node.path("file");
    JsonNode hint = value(node, "cache_control");
    String name = optional(file, "filename", at + ".file.filename");
    String id = optional(file, "file_id", at + ".file.file_id");
    if (id != null) {
      return new Content.Document(new Content.Source.FileId(id), name, hint);
    }
    String data = required(file, "file_data", at + ".file.file_data");
    return new Content.Document(Sources.file(data, at + ".file.file_data"), name, hint);
  }

  private List<Tool> tools() {
    List<Tool> all = new ArrayList<>();
    JsonNode tools = value(root, "tools");
    if (tools != null) {
      if (!tools.isArray()) {
        throw invalid("tools", "The field 'tools' must be a list.");
      }
      for (int i = 0; i < tools.size(); i++) {
        JsonNode tool = tools.get(i);
        String at = "tools[" + i + "]";
        String type = optional(tool, "type", at + ".type");
        if (type != null && !type.equals("function")) {
          throw unsupported(at + ".type", "Only tools of type 'function' work with this model.");
        }
        JsonNode function = value(tool, "function");
        if (function == null) {
          throw invalid(at + ".function", "A tool must describe its function.");
        }
        all.add(function(function, at + ".function", value(tool, "cache_control")));
      }
    }
    JsonNode functions = value(root, "functions");
    if (functions != null) {
      if (!functions.isArray()) {
        throw invalid("functions", "The field 'functions' must be a list.");
      }
      for (int i = 0; i < functions.size(); i++) {
        all.add(function(functions.get(i), "functions[" + i + "]", null));
      }
    }
    return all;
  }

  private static Tool function(JsonNode node, String at, @Nullable JsonNode cacheControl) {
    JsonNode parameters = value(node, "parameters");
    if (parameters != null && !parameters.isObject()) {
      throw invalid(at + ".parameters", "A function's parameters must be a JSON schema.");
    }
    return new Tool(
        required(node, "name", at + ".name"),
        optional(node, "description", at + ".description"),
        parameters,
        flag(node, "strict", at + ".strict"),
        cacheControl);
  }

  private static ToolChoice toolChoice(JsonNode node, String param) {
    if (node.isTextual()) {
      return mode(node.textValue(), param);
    }
    if (!node.isObject()) {
      throw invalid(param, "The field '" + param + "' must be a string or an object.");
    }
    if (param.equals("function_call")) {
      return new ToolChoice.Named(required(node, "name", "function_call.name"));
    }
    String type = required(node, "type", "tool_choice.type");
    return switch (type) {
      case "function" ->
          new ToolChoice.Named(
              required(node.path("function"), "name", "tool_choice.function.name"));
      case "allowed_tools" ->
          mode(
              required(node.path("allowed_tools"), "mode", "tool_choice.allowed_tools.mode"),
              "tool_choice.allowed_tools.mode");
      default ->
          throw unsupported("tool_choice.type", "Only functions can be chosen for this model.");
    };
  }

  private static ToolChoice mode(String word, String param) {
    return switch (word) {
      case "auto" -> new ToolChoice.Auto();
      case "none" -> new ToolChoice.None();
      // "any" is Mistral's word
      case "required", "any" -> new ToolChoice.Required();
      default ->
          throw invalid(
              param, "'" + shortened(word) + "' is not a choice; use auto, none or required.");
    };
  }

  private static List<Tool> allowed(List<Tool> tools, JsonNode list) {
    Set<String> names = new HashSet<>();
    for (JsonNode tool : list) {
      names.add(tool.path("function").path("name").asText(tool.path("name").asText()));
    }
    return AllowedTools.of(tools, names, "tool_choice.allowed_tools.tools");
  }

  private Sampling sampling() {
    String limit =
        root.hasNonNull("max_completion_tokens") ? "max_completion_tokens" : "max_tokens";
    return new Sampling(
        number(root, "temperature", "temperature"),
        number(root, "top_p", "top_p"),
        integer(root, "top_k", "top_k", 0, Integer.MAX_VALUE),
        atLeast(root, limit, limit, 1),
        stop(),
        integer(root, "seed", "seed"),
        integer(root, "n", "n", 1, 128),
        number(root, "presence_penalty", "presence_penalty"),
        number(root, "frequency_penalty", "frequency_penalty"),
        flag(root, "logprobs", "logprobs"),
        integer(root, "top_logprobs", "top_logprobs", 0, 1000));
  }

  private List<String> stop() {
    JsonNode stop = value(root, "stop");
    if (stop == null) {
      return List.of();
    }
    if (stop.isTextual()) {
      return List.of(stop.textValue());
    }
    List<String> all = new ArrayList<>();
    if (stop.isArray()) {
      for (JsonNode text : stop) {
        if (text.isTextual()) {
          all.add(text.textValue());
        }
      }
    }
    if (!stop.isArray() || all.size() < stop.size()) {
      throw invalid("stop", "The field 'stop' must be a string or a list of strings.");
    }
    return all;
  }

  private @Nullable ResponseFormat responseFormat() {
    JsonNode format = value(root, "response_format");
    if (format == null) {
      return null;
    }
    String type = required(format, "type", "response_format.type");
    return switch (type) {
      case "text" -> null;
      case "json_object" -> new ResponseFormat.JsonObject();
      case "json_schema" -> {
        String at = "response_format.json_schema";
        JsonNode schema = format.path("json_schema");
        JsonNode body = value(schema, "schema");
        if (body != null && !body.isObject()) {
          throw invalid(at + ".schema", "The schema must be an object.");
        }
        yield new ResponseFormat.JsonSchema(
            required(schema, "name", at + ".name"),
            optional(schema, "description", at + ".description"),
            body == null ? Json.object() : body,
            flag(schema, "strict", at + ".strict"));
      }
      default ->
          throw invalid(
              "response_format.type",
              "'" + shortened(type) + "' is not a format; use text, json_object or json_schema.");
    };
  }

  /** The newer name of {@code user} wins. */
  private @Nullable String user() {
    String name = optional(root, "safety_identifier", "safety_identifier");
    return name == null ? optional(root, "user", "user") : name;
  }

  /**
   * OpenAI's own field, and what its clients send to providers with budgets: OpenRouter's {@code
   * reasoning}, and Anthropic's {@code thinking}.
   */
  private @Nullable Reasoning reasoning() {
    String effort = optional(root, "reasoning_effort", "reasoning_effort");
    JsonNode wanted = object("reasoning");
    JsonNode thinking = object("thinking");
    if (effort == null && wanted != null) {
      effort = optional(wanted, "effort", "reasoning.effort");
    }
    Integer budget = null;
    boolean enabled = !"none".equals(effort);
    boolean asked = effort != null;
    if (wanted != null) {
      budget = integer(wanted, "max_tokens", "reasoning.max_tokens", 1, Integer.MAX_VALUE);
      Boolean on = flag(wanted, "enabled", "reasoning.enabled");
      asked |= on != null || budget != null;
      enabled &= !Boolean.FALSE.equals(on);
    }
    if (thinking != null) {
      Integer named =
          integer(thinking, "budget_tokens", "thinking.budget_tokens", 1, Integer.MAX_VALUE);
      budget = named == null ? budget : named;
      enabled &= !required(thinking, "type", "thinking.type").equals("disabled");
      asked = true;
    }
    return asked ? new Reasoning(enabled, effort, enabled ? budget : null) : null;
  }

  private @Nullable JsonNode object(String name) {
    JsonNode value = value(root, name);
    if (value != null && !value.isObject()) {
      throw invalid(name, "The field '" + name + "' must be an object.");
    }
    return value;
  }

  private static RequestException unsupported(String param, String message) {
    return new RequestException(ApiError.unsupported(param, message));
  }
}
