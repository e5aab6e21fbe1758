package io.aigateway.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which JSON schema can Claude's answers be held to, that allows what the caller's does? Objects
 * are closed, limits of numbers and lengths become part of the description. One instance a schema.
 *
 * <p>Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
public final class ClosedSchema {
  /** Claude refuses many more. */
  private static final int MOST_OPTIONAL = 10;

  private static final Set<String> LIMITS =
      Set.of(
          "minimum",
          "maximum",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "multipleOf",
          "minLength",
          "maxLength",
          "pattern",
          "minItems",
          "maxItems",
          "uniqueItems",
          "minProperties",
          "maxProperties");

  private static final Set<String> NOTES =
      Set.of("$schema", "$id", "$comment", "examples", "example", "readOnly", "writeOnly");

  private static final Set<String> FORMATS =
      Set.of(
          "date-time",
          "time",
          "date",
          "duration",
          "email",
          "hostname",
          "uri",
          "ipv4",
          "ipv6",
          "uuid");

  private static final Set<String> CHOICES = Set.of("anyOf", "oneOf", "allOf");
  private static final Set<String> DEFINITIONS = Set.of("$defs", "definitions");
  private static final Set<String> LITERAL =
      Set.of("type", "enum", "const", "default", "required", "title", "description", "$ref");

  /** What says which values there are; without one of them anything goes. */
  private static final Set<String> CLOSING =
      Set.of("type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf");

  private final JsonNode root;
  private final Set<String> visiting = new HashSet<>();
  private int optional;

  private ClosedSchema(JsonNode root) {
    this.root = root;
  }

  /** Null when no closed schema allows the same: it is recursive, or has objects of any fields. */
  public static @Nullable ObjectNode of(JsonNode schema) {
    try {
      ClosedSchema closing = new ClosedSchema(schema);
      ObjectNode closed = closing.closed(schema);
      return closing.optional <= MOST_OPTIONAL ? closed : null;
    } catch (OpenException e) {
      return null;
    }
  }

  /** The schema allows what can't be listed. */
  private static final class OpenException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OpenException() {
      super(null, null, false, false);
    }
  }

  private ObjectNode closed(JsonNode schema) {
    if (!(schema instanceof ObjectNode object) || CLOSING.stream().noneMatch(object::has)) {
      throw new OpenException();
    }
    ObjectNode all = Json.object();
    StringBuilder limits = new StringBuilder();
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      put(all, field.getKey(), field.getValue(), limits);
    }
    if (object.has("$ref")) {
      follow(object.path("$ref").asText());
    }
    if (isObject(object)) {
      close(all);
    }
    if (limits.length() > 0) {
      String description = all.path("description").asText();
      all.put("description", (description + " (" + limits + ")").strip());
    }
    return all;
  }

  private void put(ObjectNode all, String name, JsonNode value, StringBuilder limits) {
    if (NOTES.contains(name)) {
      return;
    }
    if (LITERAL.contains(name)) {
      all.set(name, value);
    } else if (LIMITS.contains(name)
        || name.equals("format") && !FORMATS.contains(value.asText())) {
      limits.append(limits.length() == 0 ? "" : ", ").append(name).append(": ");
      limits.append(value.isTextual() ? value.textValue() : Json.text(value));
    } else if (name.equals("format")) {
      all.set(name, value);
    } else if (name.equals("properties") || DEFINITIONS.contains(name)) {
      ObjectNode inner = all.putObject(name);
      value.properties().forEach(field -> inner.set(field.getKey(), closed(field.getValue())));
    } else if (CHOICES.contains(name)) {
      ArrayNode inner = all.putArray(name.equals("oneOf") ? "anyOf" : name);
      value.forEach(choice -> inner.add(closed(choice)));
    } else if (name.equals("items")) {
      all.set(name, closed(value));
    } else if (!name.equals("additionalProperties") || !value.isBoolean() || value.booleanValue()) {
      throw new OpenException();
    }
  }

  private static boolean isObject(ObjectNode schema) {
    JsonNode type = schema.path("type");
    boolean among = false;
    for (JsonNode one : type) {
      among |= one.asText().equals("object");
    }
    return among || type.asText().equals("object");
  }

  private void close(ObjectNode object) {
    JsonNode properties = object.path("properties");
    if (!properties.isObject() || properties.isEmpty()) {
      throw new OpenException();
    }
    optional += Math.max(0, properties.size() - object.path("required").size());
    object.put("additionalProperties", false);
  }

  /** Refuses references that come back to themselves. */
  private void follow(String reference) {
    if (!reference.startsWith("#/") || !visiting.add(reference)) {
      throw new OpenException();
    }
    JsonNode target = root.at(reference.substring(1));
    if (!target.isObject()) {
      throw new OpenException();
    }
    references(target);
    visiting.remove(reference);
  }

  private void references(JsonNode schema) {
    if (schema.path("$ref").isTextual()) {
      follow(schema.path("$ref").textValue());
    }
    schema.forEach(this::references);
  }
}
