package io.aigateway.dialect.openai;

import static io.aigateway.dialect.openai.HeadReader.invalid;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is in a field of a request, if it is of the right type? JSON's null is as good as no field.
 * All methods but {@link #value} refuse with a 400 that names {@code param}.
 */
public final class Fields {
  private Fields() {}

  /** The body as one JSON object. */
  public static JsonNode root(byte[] body) {
    HeadReader.checkEncoding(body);
    JsonNode root;
    try {
      root = Json.read(body);
    } catch (JsonProcessingException e) {
      throw HeadReader.broken(e);
    }
    if (!root.isObject()) {
      throw invalid(null, "The body must be a JSON object.");
    }
    return root;
  }

  /** The value, or null. */
  public static @Nullable JsonNode value(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A text that must be there. */
  public static String required(JsonNode node, String name, String param) {
    String text = text(node, name, param);
    if (text == null) {
      throw invalid(param, "The field '" + param + "' is missing; it must be a string.");
    }
    return text;
  }

  /** A text, or null. */
  public static @Nullable String text(JsonNode node, String name, String param) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw invalid(param, "The field '" + param + "' must be a string.");
    }
    return value.textValue();
  }

  /** True, false or null. */
  public static @Nullable Boolean flag(JsonNode node, String name, String param) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isBoolean()) {
      throw invalid(param, "The field '" + param + "' must be true or false.");
    }
    return value.booleanValue();
  }

  /** A number, or null. */
  public static @Nullable BigDecimal number(JsonNode node, String name) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber()) {
      throw invalid(name, "The field '" + name + "' must be a number.");
    }
    return value.decimalValue();
  }

  /** A whole number from {@code min} to {@code max}, or null. */
  public static @Nullable Long integer(JsonNode node, String name, long min, long max) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber()
        || !value.canConvertToLong()
        || value.longValue() < min
        || value.longValue() > max) {
      throw invalid(
          name, "The field '" + name + "' must be an integer from " + min + " to " + max + ".");
    }
    return value.longValue();
  }

  /** The entries of an object; none when there is no such field. */
  public static Map<String, JsonNode> entries(JsonNode node, String name) {
    JsonNode value = value(node, name);
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject()) {
      throw invalid(name, "The field '" + name + "' must be an object.");
    }
    Map<String, JsonNode> all = new LinkedHashMap<>();
    value.properties().forEach(field -> all.put(field.getKey(), field.getValue()));
    return all;
  }
}
