package io.aigateway.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import org.jspecify.annotations.Nullable;

/** What is given to a tool, for providers who want an object there? For all threads. */
public final class ToolInput {
  private ToolInput() {}

  /** An object always: what the model wrote badly must not fail the turns after it. */
  public static JsonNode of(String arguments) {
    if (arguments.isBlank()) {
      return Json.object();
    }
    try {
      JsonNode parsed = Json.read(arguments);
      if (parsed.isObject()) {
        return parsed;
      }
    } catch (JsonProcessingException e) {
      // given on as it is, below
    }
    return Json.object().put("arguments", arguments);
  }

  /** The JSON text of what a provider gave: mostly an object, of some proxies a text. */
  public static String text(JsonNode input) {
    if (input.isMissingNode() || input.isNull()) {
      return "{}";
    }
    return input.isTextual() ? input.textValue() : Json.text(input);
  }

  /** The schema of an object, also where the caller gave none or left out the type. */
  public static ObjectNode schema(@Nullable JsonNode parameters) {
    if (!(parameters instanceof ObjectNode given)) {
      ObjectNode any = Json.object().put("type", "object");
      any.putObject("properties");
      return any;
    }
    if (given.path("type").asText().equals("object")) {
      return given;
    }
    ObjectNode typed = given.deepCopy();
    return typed.put("type", "object");
  }
}
