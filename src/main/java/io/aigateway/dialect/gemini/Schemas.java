package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import java.math.BigInteger;
import java.util.Map;
import java.util.Set;

/**
 * Which JSON schema means the same in the words that Gemini takes? It knows most of JSON schema
 * since it has fields for it, and refuses, or trips over, a few keywords.
 *
 * <p>Source: https://ai.google.dev/gemini-api/docs/structured-output
 */
final class Schemas {
  /** They say nothing that the model's output must follow. */
  private static final Set<String> REFUSED = Set.of("$schema", "discriminator", "examples");

  /** Their fields are names of the caller's own, not keywords. */
  private static final Set<String> NAMED =
      Set.of("properties", "$defs", "definitions", "patternProperties", "dependentSchemas");

  /** Their values are not schemas. */
  private static final Set<String> LITERAL = Set.of("enum", "default", "required", "const");

  private Schemas() {}

  static JsonNode reduced(JsonNode schema) {
    if (schema instanceof ArrayNode list) {
      ArrayNode all = Json.array();
      list.forEach(item -> all.add(reduced(item)));
      return all;
    }
    if (!(schema instanceof ObjectNode object)) {
      return schema;
    }
    ObjectNode all = Json.object();
    boolean refers = object.has("$ref");
    for (Map.Entry<String, JsonNode> field : object.properties()) {
      String name = field.getKey();
      // beside a reference Gemini takes nothing but other fields that begin with $
      if (!REFUSED.contains(name) && (!refers || name.startsWith("$"))) {
        put(all, object, name);
      }
    }
    return all;
  }

  private static void put(ObjectNode all, ObjectNode schema, String name) {
    JsonNode value = schema.path(name);
    if (name.equals("const")) {
      if (!schema.has("enum")) {
        all.putArray("enum").add(value);
      }
    } else if (name.equals("exclusiveMinimum") || name.equals("exclusiveMaximum")) {
      bound(all, schema, name);
    } else if (NAMED.contains(name) && value instanceof ObjectNode named) {
      ObjectNode inner = all.putObject(name);
      named.properties().forEach(field -> inner.set(field.getKey(), reduced(field.getValue())));
    } else {
      all.set(name, LITERAL.contains(name) ? value : reduced(value));
    }
  }

  /** A whole number has a neighbour; of others the bound itself is let in. */
  private static void bound(ObjectNode all, ObjectNode schema, String name) {
    boolean lower = name.equals("exclusiveMinimum");
    String inclusive = lower ? "minimum" : "maximum";
    JsonNode value = schema.path(name);
    if (!value.isNumber() || schema.has(inclusive)) {
      return;
    }
    if (value.isIntegralNumber() && schema.path("type").asText().equals("integer")) {
      BigInteger one = lower ? BigInteger.ONE : BigInteger.ONE.negate();
      all.put(inclusive, value.bigIntegerValue().add(one));
    } else {
      all.set(inclusive, value);
    }
  }
}
