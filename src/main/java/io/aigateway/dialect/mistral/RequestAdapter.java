package io.aigateway.dialect.mistral;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What must be changed in a request of OpenAI's dialect so that Mistral takes it? Mistral answers
 * 422 to every field that it does not know, so those that are OpenAI's alone are left out; all
 * others stay, also those that nobody here has heard of. One instance a request, one thread.
 *
 * <p>Source: https://docs.mistral.ai/api/endpoint/chat
 */
final class RequestAdapter {
  static final String PROVIDER = "Mistral";
  private static final String PATH = "/chat/completions";
  private static final BigDecimal HOTTEST = new BigDecimal("1.5");

  /** OpenAI's fields that Mistral has no word for, and no other name either. */
  private static final Set<String> FOREIGN =
      Set.of(
          "audio",
          "cache_control",
          "function_call",
          "functions",
          "logit_bias",
          "logprobs",
          "min_p",
          "modalities",
          "prompt_cache_retention",
          "reasoning",
          "repetition_penalty",
          "safety_identifier",
          "service_tier",
          "store",
          "stream_options",
          "thinking",
          "top_k",
          "top_logprobs",
          "user",
          "verbosity",
          "web_search_options");

  private final ObjectNode body;
  private final Set<String> dropped;

  RequestAdapter(ObjectNode body, Collection<String> dropped) {
    this.body = body;
    this.dropped = new TreeSet<>(dropped);
  }

  /** False for forms that OpenAI itself has given up, and for those that only it knows. */
  static boolean canAdapt(JsonNode body) {
    if (body.hasNonNull("functions")
        || body.hasNonNull("function_call")
        || body.at("/tool_choice/type").asText().equals("allowed_tools")) {
      return false;
    }
    for (JsonNode message : body.path("messages")) {
      if (!message.isObject()
          || message.hasNonNull("function_call")
          || message.path("role").asText().equals("function")) {
        return false;
      }
    }
    return true;
  }

  /**
   * @throws io.aigateway.error.RequestException 400 naming the parameter that can't be said
   */
  UpstreamRequest adapt(String model) {
    body.put("model", model);
    dropForeign();
    rename("max_completion_tokens", "max_tokens");
    rename("seed", "random_seed");
    sampling();
    tools();
    MessageAdapter messages = new MessageAdapter(dropped);
    for (JsonNode message : body.path("messages")) {
      if (message instanceof ObjectNode object) {
        messages.adapt(object);
      }
    }
    return new UpstreamRequest(PATH, Json.bytes(body), List.copyOf(dropped));
  }

  private void dropForeign() {
    if (body.path("logprobs").asBoolean()) {
      throw Leftovers.unsupported("logprobs", PROVIDER + " gives no token probabilities");
    }
    for (String name : FOREIGN) {
      JsonNode value = body.remove(name);
      if (value == null || value.isNull() || value.isBoolean() && !value.booleanValue()) {
        continue;
      }
      Leftovers.refuseField(name, value, PROVIDER);
      if (!name.equals("stream_options")) { // usage is told always
        dropped.add(name);
      }
    }
  }

  private void rename(String name, String to) {
    JsonNode value = body.remove(name);
    if (value != null && !value.isNull()) {
      body.set(to, value);
    }
  }

  private void sampling() {
    JsonNode temperature = body.path("temperature");
    if (temperature.isNumber() && temperature.decimalValue().compareTo(HOTTEST) > 0) {
      body.put("temperature", HOTTEST);
      dropped.add("temperature");
    }
    JsonNode seed = body.path("random_seed");
    if (seed.isNumber() && seed.decimalValue().signum() < 0) {
      body.remove("random_seed");
      dropped.add("seed");
    }
    JsonNode effort = body.path("reasoning_effort");
    if (effort.isTextual()) {
      // thinking is on or off
      boolean off = effort.textValue().equals("none") || effort.textValue().equals("minimal");
      body.put("reasoning_effort", off ? "none" : "high");
    }
  }

  private void tools() {
    JsonNode tools = body.path("tools");
    if (tools.isEmpty()) {
      body.remove("tools");
      body.remove("tool_choice");
      return;
    }
    for (JsonNode tool : tools) {
      if (tool instanceof ObjectNode object) {
        MessageAdapter.uncached(object, dropped);
      }
      if (tool.path("function") instanceof ObjectNode function
          && !function.hasNonNull("parameters")) {
        ObjectNode none = function.putObject("parameters").put("type", "object");
        none.putObject("properties");
      }
    }
    if (body.path("tool_choice").asText().equals("required")) {
      body.put("tool_choice", "any");
    }
  }
}
