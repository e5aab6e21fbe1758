package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.StrictTools;
import io.aigateway.dialect.ToolInput;
import io.aigateway.wire.Json;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which tools does the model hear of, and must it call one? Bedrock has no word for "none", and
 * demands tools whenever the conversation has calls or results: then they are named, and the system
 * text forbids them. One instance a request, one thread.
 *
 * <p>Source:
 * https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolConfiguration.html
 */
final class ToolConfig {
  private static final String FORBIDDEN = "Answer without calling any tool.";

  private final ChatRequest request;
  private final Conversation conversation;
  private final ModelFamily family;
  private boolean cacheDropped;

  /**
   * @param family what the model can do
   */
  ToolConfig(ChatRequest request, Conversation conversation, ModelFamily family) {
    this.request = request;
    this.conversation = conversation;
    this.family = family;
  }

  /** The one tool by which an answer in JSON is given. */
  static ObjectNode forced(ResponseFormat.JsonSchema answer) {
    ObjectNode config = Json.object();
    String name = JsonAnswer.toolName(answer);
    config
        .putArray("tools")
        .add(spec(name, JsonAnswer.description(answer), (ObjectNode) answer.schema()));
    config.set("toolChoice", named(name));
    return config;
  }

  /** Whether the caller leaves the model no choice but to call. */
  boolean isForced() {
    return !request.tools().isEmpty()
        && (request.toolChoice() instanceof ToolChoice.Required
            || request.toolChoice() instanceof ToolChoice.Named);
  }

  /** Whether a cache hint was left out. */
  boolean isCacheDropped() {
    return cacheDropped;
  }

  /**
   * The tools, or null when there are none. Adds what could not be said to {@code dropped}, and
   * what must be said in words to the conversation's system text.
   */
  @Nullable JsonNode write(Set<String> dropped) {
    List<Tool> offered = request.tools();
    boolean forbidden = offered.isEmpty() || request.toolChoice() instanceof ToolChoice.None;
    if (forbidden && !conversation.usesTools()) {
      return null;
    }
    ObjectNode config = Json.object();
    ArrayNode tools = config.putArray("tools");
    StrictTools strict = new StrictTools(family.version(), dropped);
    offered.forEach(tool -> add(tools, tool, strict));
    if (forbidden) {
      if (offered.isEmpty()) {
        addCalled(tools);
      }
      conversation.instruct(FORBIDDEN);
      return config;
    }
    JsonNode choice = choice(request.toolChoice());
    if (choice != null) {
      config.set("toolChoice", choice);
    }
    if (Boolean.FALSE.equals(request.parallelToolCalls())) {
      dropped.add("parallel_tool_calls");
    }
    return config;
  }

  private void add(ArrayNode tools, Tool tool, StrictTools strict) {
    ObjectNode held = strict.schema(tool);
    ObjectNode schema = held == null ? ToolInput.schema(tool.parameters()) : held;
    ObjectNode spec = spec(tool.name(), tool.description(), schema);
    if (held != null) {
      ((ObjectNode) spec.path("toolSpec")).put("strict", true);
    }
    tools.add(spec);
    if (tool.cacheControl() != null && !tool.cacheControl().isNull()) {
      if (family.caches()) {
        tools.add(BlockWriter.cachePoint(tool.cacheControl()));
      } else {
        cacheDropped = true;
      }
    }
  }

  /** The caller no longer offers what was called before, but Bedrock must know it. */
  private void addCalled(ArrayNode tools) {
    for (String name : conversation.called()) {
      tools.add(spec(name, null, ToolInput.schema(null)));
    }
    if (tools.isEmpty()) {
      tools.add(spec("unknown", null, ToolInput.schema(null)));
    }
  }

  private static ObjectNode spec(String name, @Nullable String description, ObjectNode schema) {
    ObjectNode tool = Json.object();
    ObjectNode spec = tool.putObject("toolSpec");
    spec.put("name", name);
    if (description != null && !description.isBlank()) {
      spec.put("description", description);
    }
    spec.putObject("inputSchema").set("json", schema);
    return tool;
  }

  private static @Nullable ObjectNode choice(@Nullable ToolChoice choice) {
    if (choice instanceof ToolChoice.Named named) {
      return named(named.name());
    }
    ObjectNode node = Json.object();
    if (choice instanceof ToolChoice.Required) {
      node.putObject("any");
    } else if (choice instanceof ToolChoice.Auto) {
      node.putObject("auto");
    } else {
      return null;
    }
    return node;
  }

  private static ObjectNode named(String name) {
    ObjectNode node = Json.object();
    node.putObject("tool").put("name", name);
    return node;
  }
}
