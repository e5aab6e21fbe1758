package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Reasoning;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.chat.Sampling;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.Hint;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Json;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * How is a request said to Ollama? One instance a request, one thread.
 *
 * <p>Source: https://github.com/ollama/ollama/blob/main/docs/api.md
 */
final class RequestWriter {
  private final ChatRequest request;
  private final Set<String> dropped = new LinkedHashSet<>();

  /** Fields of the request's rest that Ollama has a word for. */
  private final Set<String> said = new HashSet<>();

  RequestWriter(ChatRequest request) {
    this.request = request;
  }

  /**
   * @throws io.aigateway.error.RequestException 400 naming the parameter that can't be said
   */
  UpstreamRequest write(String path) {
    Leftovers.refuse(request, "Ollama");
    ObjectNode body = Json.object();
    body.put("model", request.model());
    body.set("messages", new MessageWriter().write(request.messages()));
    body.put("stream", request.stream()); // Ollama streams unless told otherwise
    writeTools(body);
    ResponseFormat format = request.responseFormat();
    if (format instanceof ResponseFormat.JsonSchema json) {
      body.set("format", json.schema());
    } else if (format != null) {
      body.put("format", "json");
    }
    if (request.reasoning() != null) {
      writeThink(body, request.reasoning());
    }
    writeOptions(body);
    if (request.user() != null) {
      dropped.add("user");
    }
    Leftovers.name(request, dropped);
    Leftovers.nameStrict(request, dropped);
    dropped.removeAll(said);
    Hint.name(request, Set.of(), thought -> true, dropped);
    return new UpstreamRequest(path, Json.bytes(body), List.copyOf(dropped));
  }

  /**
   * Ollama can't be told that a tool must be called. The tools are offered all the same, and the
   * choice is named as dropped: a model that is given tools for a question that needs one mostly
   * calls it, while a refusal would take the whole provider from callers who only make sure.
   */
  private void writeTools(ObjectNode body) {
    ToolChoice choice = request.toolChoice();
    if (request.tools().isEmpty() || choice instanceof ToolChoice.None) {
      return;
    }
    if (choice instanceof ToolChoice.Required || choice instanceof ToolChoice.Named) {
      dropped.add("tool_choice");
    }
    if (Boolean.FALSE.equals(request.parallelToolCalls())) {
      dropped.add("parallel_tool_calls");
    }
    ArrayNode tools = body.putArray("tools");
    for (Tool tool : request.tools()) {
      ObjectNode node = tools.addObject();
      node.put("type", "function");
      ObjectNode function = node.putObject("function");
      function.put("name", tool.name());
      if (tool.description() != null) {
        function.put("description", tool.description());
      }
      if (tool.parameters() != null && tool.parameters().isObject()) {
        function.set("parameters", tool.parameters());
      } else {
        ObjectNode none = function.putObject("parameters");
        none.put("type", "object");
        none.putObject("properties");
      }
    }
  }

  private void writeThink(ObjectNode body, Reasoning reasoning) {
    String effort = reasoning.effort();
    if (!reasoning.enabled() || "none".equals(effort)) {
      body.put("think", false);
      return;
    }
    if (reasoning.budgetTokens() != null) {
      dropped.add("thinking.budget_tokens");
    }
    switch (effort == null ? "" : effort) {
      case "minimal", "low" -> body.put("think", "low");
      case "medium" -> body.put("think", "medium");
      case "high", "xhigh", "max" -> body.put("think", "high");
      default -> body.put("think", true);
    }
  }

  private void writeOptions(ObjectNode body) {
    Sampling sampling = request.sampling();
    ObjectNode options = Json.object();
    if (sampling.temperature() != null) {
      options.put("temperature", sampling.temperature());
    }
    if (sampling.topP() != null) {
      options.put("top_p", sampling.topP());
    }
    if (sampling.topK() != null) {
      options.put("top_k", sampling.topK());
    }
    if (sampling.maxTokens() != null) {
      options.put("num_predict", sampling.maxTokens());
    }
    if (!sampling.stop().isEmpty()) {
      ArrayNode stop = options.putArray("stop");
      sampling.stop().forEach(stop::add);
    }
    if (sampling.seed() != null) {
      options.put("seed", sampling.seed());
    }
    if (sampling.presencePenalty() != null) {
      options.put("presence_penalty", sampling.presencePenalty());
    }
    if (sampling.frequencyPenalty() != null) {
      options.put("frequency_penalty", sampling.frequencyPenalty());
    }
    extension("min_p", "min_p", options);
    extension("repetition_penalty", "repeat_penalty", options);
    if (!options.isEmpty()) {
      body.set("options", options);
    }
  }

  /** What clients of OpenAI's dialect send to servers of open models. */
  private void extension(String name, String ours, ObjectNode options) {
    JsonNode value = request.rest().get(name);
    if (value != null && value.isNumber()) {
      options.set(ours, value);
      said.add(name);
    }
  }
}
