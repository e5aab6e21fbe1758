package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Sampling;
import io.aigateway.dialect.AdaptiveThinking;
import io.aigateway.dialect.ClosedSchema;
import io.aigateway.dialect.Hint;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Thinking;
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
 * How is a request said to Bedrock? One instance a request, one thread.
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
final class RequestWriter {
  private static final BigDecimal LOWEST_TOP_P_OF_THINKING = new BigDecimal("0.95");

  private final ChatRequest request;
  private final Sampling sampling;
  private final ModelFamily family;
  private final Conversation conversation;
  private final ToolConfig tools;
  private final @Nullable AdaptiveThinking adaptive;
  private final @Nullable Thinking thinking;
  private final ResponseFormat.@Nullable JsonSchema held;
  private final ResponseFormat.@Nullable JsonSchema answer;
  private final long room;
  private final Set<String> dropped = new LinkedHashSet<>();

  /**
   * @throws io.aigateway.error.RequestException 400 naming the parameter that can't be said
   */
  RequestWriter(ChatRequest request, ModelDefaults defaults) {
    Leftovers.refuse(request, BlockWriter.PROVIDER);
    this.request = request;
    this.sampling = request.sampling();
    this.family = ModelFamily.of(request.model());
    this.conversation = new Conversation(request.messages(), family);
    this.tools = new ToolConfig(request, conversation, family);
    this.adaptive = adaptive();
    this.thinking = adaptive == null ? thinking(defaults) : null;
    this.room = adaptive == null ? 0 : defaults.maxTokens() + adaptive.room();
    this.held = held();
    this.answer = answer();
  }

  UpstreamRequest write(String path) {
    ObjectNode body = Json.object();
    if (request.responseFormat() != null && answer == null && held == null) {
      conversation.instruct(JsonAnswer.instruction(request.responseFormat()));
    }
    JsonNode cached = request.rest().get("cache_control");
    if (cached != null && cached.isObject()) {
      conversation.cacheAll(cached);
    }
    JsonNode offered = answer == null ? tools.write(dropped) : ToolConfig.forced(answer);
    if (!conversation.system().isEmpty()) {
      body.set("system", conversation.system());
    }
    body.set("messages", conversation.messages());
    if (offered != null) {
      body.set("toolConfig", offered);
    }
    ObjectNode inference = inference();
    if (!inference.isEmpty()) {
      body.set("inferenceConfig", inference);
    }
    if (held != null) {
      body.set("outputConfig", outputConfig(held));
    }
    ObjectNode own = own();
    if (!own.isEmpty()) {
      body.set("additionalModelRequestFields", own);
    }
    if (family.claude() && inference.has("stopSequences")) {
      // Converse itself does not tell which one it was
      body.putArray("additionalModelResponseFieldPaths").add("/stop_sequence");
    }
    nameDropped();
    return new UpstreamRequest(path, Json.bytes(body), List.copyOf(dropped));
  }

  private @Nullable AdaptiveThinking adaptive() {
    return request.reasoning() == null || tools.isForced() || conversation.isPrefilled()
        ? null
        : AdaptiveThinking.of(request.reasoning(), family.version(), dropped);
  }

  /** The format to which the model can hold its answer, or null. */
  private ResponseFormat.@Nullable JsonSchema held() {
    boolean holds = family.version().formats() && !conversation.isPrefilled();
    return holds
            && request.responseFormat() instanceof ResponseFormat.JsonSchema wanted
            && ClosedSchema.of(wanted.schema()) != null
        ? wanted
        : null;
  }

  /** The schema is text inside the JSON. */
  private static ObjectNode outputConfig(ResponseFormat.JsonSchema format) {
    ObjectNode config = Json.object();
    ObjectNode text = config.putObject("textFormat").put("type", "json_schema");
    ObjectNode schema = text.putObject("structure").putObject("jsonSchema");
    ObjectNode closed = ClosedSchema.of(format.schema());
    schema.put("schema", Json.text(closed == null ? format.schema() : closed));
    schema.put("name", format.name().replaceAll("[^a-zA-Z0-9_-]", "_"));
    if (format.description() != null && !format.description().isBlank()) {
      schema.put("description", format.description());
    }
    return config;
  }

  private boolean thinks() {
    return thinking != null || adaptive != null;
  }

  private @Nullable Thinking thinking(ModelDefaults defaults) {
    if (request.reasoning() == null) {
      return null;
    }
    Long limit = sampling.maxTokens();
    Thinking wanted =
        Thinking.of(request.reasoning(), limit == null ? defaults.maxTokens() : limit);
    if (wanted != null
        && (!family.thinks()
            || family.version().decidesAlone()
            || tools.isForced()
            || !conversation.allowsThinking())) {
      dropped.add(request.reasoning().effort() == null ? "thinking" : "reasoning_effort");
      return null;
    }
    return wanted;
  }

  private ResponseFormat.@Nullable JsonSchema answer() {
    boolean forcible =
        family.forcedTool()
            && family.version().forcedTool()
            && held == null
            && request.tools().isEmpty()
            && !conversation.usesTools()
            && !thinks()
            && !conversation.isPrefilled();
    return forcible
            && request.responseFormat() instanceof ResponseFormat.JsonSchema schema
            && JsonAnswer.canBeTool(schema)
        ? schema
        : null;
  }

  private ObjectNode inference() {
    ObjectNode node = Json.object();
    if (thinking != null) {
      node.put("maxTokens", thinking.maxTokens());
    } else if (sampling.maxTokens() != null) {
      node.put("maxTokens", sampling.maxTokens());
    } else if (room > 0) {
      node.put("maxTokens", room);
    }
    writeTemperature(node);
    List<String> stop = new ArrayList<>();
    for (String text : sampling.stop()) {
      if (text.isBlank()) {
        dropped.add("stop");
      } else {
        stop.add(text);
      }
    }
    if (!stop.isEmpty()) {
      ArrayNode sequences = node.putArray("stopSequences");
      stop.forEach(sequences::add);
    }
    return node;
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

  /** Converse goes from 0 to 1; with thinking Claude takes no other temperature than its own. */
  private void writeTemperature(ObjectNode node) {
    if (family.version().decidesAlone()) {
      dropTemperature();
      return;
    }
    BigDecimal temperature = sampling.temperature();
    if (temperature != null) {
      boolean hot = temperature.compareTo(BigDecimal.ONE) > 0;
      if (hot || thinks() && temperature.compareTo(BigDecimal.ONE) < 0) {
        dropped.add("temperature");
      }
      if (!thinks()) {
        node.put("temperature", hot ? BigDecimal.ONE : temperature);
      }
    }
    BigDecimal topP = sampling.topP();
    if (topP != null) {
      if (thinks() && topP.compareTo(LOWEST_TOP_P_OF_THINKING) < 0) {
        dropped.add("top_p");
      } else {
        node.put("topP", topP);
      }
    }
  }

  /** The fields that only the model itself knows. */
  private ObjectNode own() {
    ObjectNode node = Json.object();
    if (adaptive != null) {
      node.set("thinking", adaptive.node());
      if (adaptive.effort() != null) {
        node.putObject("output_config").put("effort", adaptive.effort());
      }
    } else if (thinking != null) {
      ObjectNode budget = node.putObject("thinking");
      budget.put("type", "enabled");
      budget.put("budget_tokens", thinking.budget());
    }
    if (sampling.topK() != null) {
      if (family.claude() && !thinks() && !family.version().decidesAlone()) {
        node.put("top_k", sampling.topK());
      } else {
        dropped.add("top_k");
      }
    }
    return node;
  }

  private void nameDropped() {
    if (sampling.seed() != null) {
      dropped.add("seed");
    }
    if (Leftovers.says(sampling.presencePenalty())) {
      dropped.add("presence_penalty");
    }
    if (Leftovers.says(sampling.frequencyPenalty())) {
      dropped.add("frequency_penalty");
    }
    if (request.user() != null) {
      dropped.add("user");
    }
    if (conversation.isCacheDropped() || tools.isCacheDropped()) {
      dropped.add("cache_control");
    }
    Leftovers.name(request, dropped);
    if (family.caches()) {
      dropped.remove("cache_control");
    }
    Set<Hint> said = EnumSet.of(Hint.CACHE, Hint.TITLE, Hint.CONTEXT);
    if (family.cites()) {
      said.add(Hint.CITATIONS);
    }
    Hint.name(request, said, BlockWriter::keeps, dropped);
  }
}
