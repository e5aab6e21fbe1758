package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.Hint;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How is a request said to Gemini? One instance a request, one thread.
 *
 * <p>Source: https://ai.google.dev/api/generate-content
 */
final class RequestWriter {
  /** What is to be answered with, in the words of those who offer picture models. */
  private static final String MODALITIES = "modalities";

  /** Asked for without more thinking. */
  private static final String SUMMARY = "reasoning.summary";

  private final ChatRequest request;
  private final Model model;
  private final Conversation conversation;
  private final Set<String> dropped = new LinkedHashSet<>();

  /**
   * @throws io.aigateway.error.RequestException 400 naming the parameter that can't be said
   */
  RequestWriter(ChatRequest request) {
    Leftovers.refuseRest(request, "Gemini", draws(request) ? Set.of(MODALITIES) : Set.of());
    this.request = request;
    this.model = Model.of(request.model());
    this.conversation = new Conversation(request.messages(), model);
  }

  UpstreamRequest write() {
    ObjectNode config = Json.object();
    writeFormat(config);
    writeSampling(config, request.sampling());
    writeThinking(config);
    if (draws(request)) {
      ArrayNode modalities = config.putArray("responseModalities");
      request
          .rest()
          .get(MODALITIES)
          .forEach(one -> modalities.add(one.asText().toUpperCase(Locale.ROOT)));
    }
    ObjectNode body = Json.object();
    JsonNode system = conversation.system();
    if (system != null) {
      body.set("systemInstruction", system);
    }
    body.set("contents", conversation.contents());
    writeTools(body);
    if (!config.isEmpty()) {
      body.set("generationConfig", config);
    }
    if (request.user() != null) {
      dropped.add("user");
    }
    Leftovers.name(request, dropped);
    Leftovers.nameStrict(request, dropped);
    Hint.name(request, Set.of(), Conversation::keeps, dropped);
    if (config.has("thinkingConfig")) {
      dropped.remove(SUMMARY);
    }
    if (config.has("responseModalities")) {
      dropped.remove(MODALITIES);
    }
    return new UpstreamRequest(
        model.path() + (request.stream() ? ":streamGenerateContent?alt=sse" : ":generateContent"),
        Json.bytes(body),
        List.copyOf(dropped));
  }

  /** Whether pictures are asked for, and nothing but them and text. */
  private static boolean draws(ChatRequest request) {
    boolean draws = false;
    for (JsonNode modality : request.rest().getOrDefault(MODALITIES, Json.array())) {
      boolean picture = modality.asText().equals("image");
      if (!picture && !modality.asText().equals("text")) {
        return false;
      }
      draws |= picture;
    }
    return draws;
  }

  private void writeTools(ObjectNode body) {
    if (request.tools().isEmpty()) {
      return; // a choice without tools says nothing
    }
    ArrayNode declarations = body.putArray("tools").addObject().putArray("functionDeclarations");
    for (Tool tool : request.tools()) {
      declarations.add(declaration(tool));
    }
    ObjectNode choice = choice(request.toolChoice());
    if (choice != null) {
      body.putObject("toolConfig").set("functionCallingConfig", choice);
    }
    if (Boolean.FALSE.equals(request.parallelToolCalls())) {
      dropped.add("parallel_tool_calls");
    }
  }

  private static ObjectNode declaration(Tool tool) {
    ObjectNode node = Json.object();
    node.put("name", tool.name());
    if (tool.description() != null && !tool.description().isBlank()) {
      node.put("description", tool.description());
    }
    JsonNode parameters = tool.parameters();
    if (parameters != null && !parameters.isEmpty()) {
      node.set("parametersJsonSchema", Schemas.reduced(parameters));
    }
    return node;
  }

  private static @Nullable ObjectNode choice(@Nullable ToolChoice choice) {
    if (choice == null) {
      return null;
    }
    ObjectNode node = Json.object();
    if (choice instanceof ToolChoice.Named named) {
      node.put("mode", "ANY").putArray("allowedFunctionNames").add(named.name());
      return node;
    }
    if (choice instanceof ToolChoice.Required) {
      return node.put("mode", "ANY");
    }
    return node.put("mode", choice instanceof ToolChoice.None ? "NONE" : "AUTO");
  }

  private void writeFormat(ObjectNode config) {
    ResponseFormat format = request.responseFormat();
    if (format == null) {
      return;
    }
    JsonNode schema =
        format instanceof ResponseFormat.JsonSchema json && !json.schema().isEmpty()
            ? json.schema()
            : null;
    if (!request.tools().isEmpty() && !model.isThird()) {
      // these models refuse a format beside functions, so it can only be asked for
      conversation.instruct(
          "Give your final answer to the user as one JSON value, without any text before or after"
              + " it and without a code fence"
              + (schema == null ? "." : ", that follows this JSON schema: " + Json.text(schema)));
      return;
    }
    config.put("responseMimeType", "application/json");
    if (schema != null) {
      config.set("responseJsonSchema", Schemas.reduced(schema));
    }
  }

  private void writeSampling(ObjectNode config, Sampling sampling) {
    if (sampling.maxTokens() != null) {
      config.put("maxOutputTokens", sampling.maxTokens());
    }
    if (sampling.temperature() != null) {
      config.put("temperature", sampling.temperature());
    }
    if (sampling.topP() != null) {
      config.put("topP", sampling.topP());
    }
    if (sampling.topK() != null) {
      config.put("topK", sampling.topK());
    }
    if (!sampling.stop().isEmpty()) {
      sampling.stop().forEach(config.putArray("stopSequences")::add);
    }
    Long seed = sampling.seed();
    if (seed != null) {
      if (seed == seed.intValue()) {
        config.put("seed", seed);
      } else {
        dropped.add("seed");
      }
    }
    if (sampling.choices() != null && sampling.choices() > 1) {
      config.put("candidateCount", sampling.choices());
    }
    if (Leftovers.says(sampling.presencePenalty())) {
      config.put("presencePenalty", sampling.presencePenalty());
    }
    if (Leftovers.says(sampling.frequencyPenalty())) {
      config.put("frequencyPenalty", sampling.frequencyPenalty());
    }
    writeLogprobs(config, sampling);
  }

  private void writeLogprobs(ObjectNode config, Sampling sampling) {
    if (!Boolean.TRUE.equals(sampling.logprobs())) {
      return;
    }
    config.put("responseLogprobs", true);
    if (sampling.topLogprobs() != null && sampling.topLogprobs() > 0) {
      config.put("logprobs", sampling.topLogprobs());
    }
  }

  private void writeThinking(ObjectNode config) {
    if (request.reasoning() == null) {
      if (model.thinks() && request.rest().containsKey(SUMMARY)) {
        config.putObject("thinkingConfig").put("includeThoughts", true);
      }
      return;
    }
    if (model.thinks()) {
      config.set("thinkingConfig", ThinkingConfig.of(request.reasoning(), model));
    } else if (request.reasoning().enabled()) {
      dropped.add(request.reasoning().effort() == null ? "thinking" : "reasoning_effort");
    }
  }
}
