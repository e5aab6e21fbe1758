package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.AdaptiveThinking;
import io.aigateway.dialect.ClaudeModel;
import io.aigateway.dialect.ClosedSchema;
import io.aigateway.dialect.Hint;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.StrictTools;
import io.aigateway.dialect.Thinking;
import io.aigateway.dialect.ToolInput;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How is a request said to Anthropic? One instance a request, one thread.
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
final class RequestWriter {
  private static final BigDecimal LOWEST_TOP_P_OF_THINKING = new BigDecimal("0.95");

  private static final Set<Hint> SAID =
      EnumSet.of(Hint.CACHE, Hint.TITLE, Hint.CONTEXT, Hint.CITATIONS);

  private final ChatRequest request;
  private final Sampling sampling;
  private final Conversation conversation;
  private final ClaudeModel model;
  private final @Nullable AdaptiveThinking adaptive;
  private final @Nullable Thinking thinking;
  private final @Nullable ObjectNode schema;
  private final ResponseFormat.@Nullable JsonSchema answer;
  private final long maxTokens;
  private final Set<String> dropped = new LinkedHashSet<>();

  /**
   * @throws io.aigateway.error.RequestException 400 naming the parameter that can't be said
   */
  RequestWriter(ChatRequest request, ModelDefaults defaults) {
    Leftovers.refuse(request, "Anthropic");
    this.request = request;
    this.sampling = request.sampling();
    this.conversation = new Conversation(request.messages());
    long limit = sampling.maxTokens() == null ? defaults.maxTokens() : sampling.maxTokens();
    this.model = ClaudeModel.of(request.model());
    this.adaptive = adaptive();
    this.thinking = adaptive == null ? thinking(limit) : null;
    long room = adaptive == null || sampling.maxTokens() != null ? 0 : adaptive.room();
    this.maxTokens = thinking == null ? limit + room : thinking.maxTokens();
    this.schema = schema();
    this.answer = answer();
  }

  UpstreamRequest write(String path) {
    ObjectNode body = Json.object();
    body.put("model", request.model());
    body.put("max_tokens", maxTokens);
    if (request.responseFormat() != null && answer == null && schema == null) {
      conversation.instruct(JsonAnswer.instruction(request.responseFormat()));
    }
    JsonNode system = conversation.system();
    if (system != null) {
      body.set("system", system);
    }
    body.set("messages", conversation.messages());
    writeTools(body);
    writeSampling(body);
    if (adaptive != null) {
      body.set("thinking", adaptive.node());
    } else if (thinking != null) {
      ObjectNode node = body.putObject("thinking");
      node.put("type", "enabled");
      node.put("budget_tokens", thinking.budget());
    }
    writeOutput(body);
    body.put("stream", request.stream());
    Leftovers.name(request, dropped);
    Hint.name(request, SAID, BlockWriter::keeps, dropped);
    writeUser(body);
    JsonNode cached = request.rest().get("cache_control");
    if (cached != null && cached.isObject()) {
      body.set("cache_control", cached);
      dropped.remove("cache_control");
    }
    return new UpstreamRequest(path, Json.bytes(body), List.copyOf(dropped));
  }

  private void writeOutput(ObjectNode body) {
    ObjectNode config = Json.object();
    if (adaptive != null && adaptive.effort() != null) {
      config.put("effort", adaptive.effort());
    }
    if (schema != null) {
      config.putObject("format").put("type", "json_schema").set("schema", schema);
    }
    if (!config.isEmpty()) {
      body.set("output_config", config);
    }
  }

  private @Nullable AdaptiveThinking adaptive() {
    return request.reasoning() == null || isForced() || conversation.isPrefilled()
        ? null
        : AdaptiveThinking.of(request.reasoning(), model, dropped);
  }

  private @Nullable ObjectNode schema() {
    boolean holds = model.formats() && !conversation.isPrefilled();
    return holds && request.responseFormat() instanceof ResponseFormat.JsonSchema wanted
        ? ClosedSchema.of(wanted.schema())
        : null;
  }

  private boolean thinks() {
    return thinking != null || adaptive != null;
  }

  private @Nullable Thinking thinking(long limit) {
    if (request.reasoning() == null) {
      return null;
    }
    Thinking wanted = Thinking.of(request.reasoning(), limit);
    if (wanted != null && (isForced() || model.decidesAlone() || !conversation.allowsThinking())) {
      dropped.add(request.reasoning().effort() == null ? "thinking" : "reasoning_effort");
      return null;
    }
    return wanted;
  }

  private boolean isForced() {
    return !request.tools().isEmpty()
        && (request.toolChoice() instanceof ToolChoice.Required
            || request.toolChoice() instanceof ToolChoice.Named);
  }

  private ResponseFormat.@Nullable JsonSchema answer() {
    boolean forcible =
        schema == null
            && model.forcedTool()
            && request.tools().isEmpty()
            && !thinks()
            && !conversation.isPrefilled();
    return forcible
            && request.responseFormat() instanceof ResponseFormat.JsonSchema schema
            && JsonAnswer.canBeTool(schema)
        ? schema
        : null;
  }

  private void writeTools(ObjectNode body) {
    if (answer != null) {
      body.putArray("tools").add(tool(answer));
      ObjectNode choice = body.putObject("tool_choice");
      choice.put("type", "tool");
      choice.put("name", JsonAnswer.toolName(answer));
      choice.put("disable_parallel_tool_use", true);
      return;
    }
    if (request.tools().isEmpty()) {
      return; // a choice without tools is refused, and says nothing
    }
    ArrayNode tools = body.putArray("tools");
    StrictTools strict = new StrictTools(model, dropped);
    for (Tool tool : request.tools()) {
      tools.add(tool(tool, strict));
    }
    ObjectNode choice = choice(request.toolChoice());
    if (Boolean.FALSE.equals(request.parallelToolCalls())
        && !(request.toolChoice() instanceof ToolChoice.None)) {
      choice = choice == null ? Json.object().put("type", "auto") : choice;
      choice.put("disable_parallel_tool_use", true);
    }
    if (choice != null) {
      body.set("tool_choice", choice);
    }
  }

  private static ObjectNode tool(ResponseFormat.JsonSchema answer) {
    ObjectNode node = Json.object();
    node.put("name", JsonAnswer.toolName(answer));
    node.put("description", JsonAnswer.description(answer));
    node.set("input_schema", answer.schema());
    return node;
  }

  private static @Nullable ObjectNode choice(@Nullable ToolChoice choice) {
    if (choice == null) {
      return null;
    }
    ObjectNode node = Json.object();
    if (choice instanceof ToolChoice.Named named) {
      return node.put("type", "tool").put("name", named.name());
    }
    if (choice instanceof ToolChoice.Required) {
      return node.put("type", "any");
    }
    return node.put("type", choice instanceof ToolChoice.None ? "none" : "auto");
  }

  private static ObjectNode tool(Tool tool, StrictTools strict) {
    ObjectNode node = Json.object();
    node.put("name", tool.name());
    if (tool.description() != null && !tool.description().isBlank()) {
      node.put("description", tool.description());
    }
    ObjectNode held = strict.schema(tool);
    node.set("input_schema", held == null ? ToolInput.schema(tool.parameters()) : held);
    if (held != null) {
      node.put("strict", true);
    }
    if (tool.cacheControl() != null) {
      node.set("cache_control", tool.cacheControl());
    }
    return node;
  }

  private void writeSampling(ObjectNode body) {
    if (model.decidesAlone()) {
      dropTemperature();
    } else {
      writeTemperature(body);
    }
    if (sampling.topK() != null) {
      if (thinks() || model.decidesAlone()) {
        dropped.add("top_k");
      } else {
        body.put("top_k", sampling.topK());
      }
    }
    List<String> stop = new ArrayList<>();
    for (String text : sampling.stop()) {
      if (text.isBlank()) {
        dropped.add("stop");
      } else {
        stop.add(text);
      }
    }
    if (!stop.isEmpty()) {
      ArrayNode sequences = body.putArray("stop_sequences");
      stop.forEach(sequences::add);
    }
    if (sampling.seed() != null) {
      dropped.add("seed");
    }
    if (Leftovers.says(sampling.presencePenalty())) {
      dropped.add("presence_penalty");
    }
    if (Leftovers.says(sampling.frequencyPenalty())) {
      dropped.add("frequency_penalty");
    }
  }

  /** The newest models take no other values than their own. */
  private void dropTemperature() {
    if (sampling.temperature() != null && sampling.temperature().compareTo(BigDecimal.ONE) != 0) {
      dropped.add("temperature");
    }
    if (sampling.topP() != null && sampling.topP().compareTo(BigDecimal.ONE) != 0) {
      dropped.add("top_p");
    }
  }

  /** Newer models refuse {@code temperature} and {@code top_p} together, so the first one wins. */
  private void writeTemperature(ObjectNode body) {
    BigDecimal temperature = sampling.temperature();
    BigDecimal topP = sampling.topP();
    boolean sent = false;
    if (temperature != null) {
      boolean hot = temperature.compareTo(BigDecimal.ONE) > 0;
      if (hot || thinks() && temperature.compareTo(BigDecimal.ONE) < 0) {
        dropped.add("temperature");
      }
      if (!thinks()) {
        body.put("temperature", hot ? BigDecimal.ONE : temperature);
        sent = true;
      }
    }
    if (topP == null) {
      return;
    }
    boolean narrow = thinks() && topP.compareTo(LOWEST_TOP_P_OF_THINKING) < 0;
    if (!sent && !narrow) {
      body.put("top_p", topP);
    } else if (topP.compareTo(BigDecimal.ONE) != 0) {
      dropped.add("top_p");
    }
  }

  private void writeUser(ObjectNode body) {
    JsonNode named = request.metadata().get("user_id");
    if (request.user() != null) {
      body.putObject("metadata").put("user_id", request.user());
    } else if (named != null && named.isTextual()) {
      body.putObject("metadata").set("user_id", named);
      if (request.metadata().size() == 1) {
        dropped.remove("metadata");
      }
    }
  }
}
