package io.aigateway.dialect;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What stands in a field of a caller's request? A value of the wrong type is a 400 that names the
 * field by {@code param}; a field that is null is a field that is not there.
 */
public final class Fields {
  private Fields() {}

  /** Any value, or null. */
  public static @Nullable JsonNode value(JsonNode node, String name) {
    JsonNode value = node.get(name);
    return value == null || value.isNull() ? null : value;
  }

  /** A text that must be there. */
  public static String required(JsonNode node, String name, String param) {
    String text = optional(node, name, param);
    if (text == null) {
      throw invalid(param, "The field '" + param + "' is missing; it must be a string.");
    }
    return text;
  }

  /** A text, or null. */
  public static @Nullable String optional(JsonNode node, String name, String param) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isTextual()) {
      throw invalid(param, "The field '" + param + "' must be a string.");
    }
    return value.textValue();
  }

  /** True or false, or null. */
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

  /** A number with all its digits, or null. */
  public static @Nullable BigDecimal number(JsonNode node, String name, String param) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isNumber()) {
      throw invalid(param, "The field '" + param + "' must be a number.");
    }
    return value.decimalValue();
  }

  /** An integer, or null. */
  public static @Nullable Long integer(JsonNode node, String name, String param) {
    JsonNode value = value(node, name);
    if (value == null) {
      return null;
    }
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw invalid(param, "The field '" + param + "' must be an integer.");
    }
    return value.longValue();
  }

  /** An integer from {@code min} to {@code max}, or null. */
  public static @Nullable Integer integer(
      JsonNode node, String name, String param, int min, int max) {
    Long value = integer(node, name, param);
    if (value == null) {
      return null;
    }
    if (value < min || value > max) {
      throw invalid(
          param, "The field '" + param + "' must be an integer from " + min + " to " + max + ".");
    }
    return value.intValue();
  }

  /** An integer of at least {@code min}, or null. */
  public static @Nullable Long atLeast(JsonNode node, String name, String param, long min) {
    Long value = integer(node, name, param);
    if (value != null && value < min) {
      throw invalid(param, "The field '" + param + "' must be at least " + min + ".");
    }
    return value;
  }

  /** The entries of an object; none when there is no such field. */
  public static Map<String, JsonNode> entries(JsonNode node, String name, String param) {
    JsonNode value = value(node, name);
    if (value == null) {
      return Map.of();
    }
    if (!value.isObject()) {
      throw invalid(param, "The field '" + param + "' must be an object.");
    }
    Map<String, JsonNode> all = new LinkedHashMap<>();
    value.properties().forEach(field -> all.put(field.getKey(), field.getValue()));
    return all;
  }

  /** What a caller wrote, short enough to be quoted in a message. */
  public static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
