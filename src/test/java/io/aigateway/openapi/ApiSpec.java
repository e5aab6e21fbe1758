package io.aigateway.openapi;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SchemaRegistryConfig;
import com.networknt.schema.SpecificationVersion;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.Yaml;

/** What {@code openapi.yaml} says, with its references followed. */
public final class ApiSpec {
  private static final Set<String> METHODS =
      Set.of("get", "put", "post", "delete", "options", "head", "patch", "trace");
  private static final Set<String> LISTS = Set.of("allOf", "anyOf", "oneOf");
  private static final SchemaRegistry SCHEMAS =
      SchemaRegistry.withDefaultDialect(
          SpecificationVersion.DRAFT_2020_12,
          builder ->
              builder.schemaRegistryConfig(
                  SchemaRegistryConfig.builder().formatAssertionsEnabled(true).build()));

  private final JsonNode root;
  private final Map<JsonNode, Schema> compiled = new HashMap<>();

  private ApiSpec(JsonNode root) {
    this.root = root;
  }

  /** The one on the class path. */
  public static ApiSpec read() {
    try (InputStream file = ApiSpec.class.getResourceAsStream("/openapi.yaml")) {
      return new ApiSpec(
          Json.MAPPER.valueToTree(new Yaml().load(Objects.requireNonNull(file, "openapi.yaml"))));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public JsonNode root() {
    return root;
  }

  /** A parameter of an operation. */
  public record Parameter(String name, String in, boolean required, JsonNode schema) {}

  /** One method of one path. */
  public record Operation(
      String id, String method, String path, JsonNode node, List<Parameter> parameters) {
    public boolean isAdmin() {
      return path.startsWith("/admin/");
    }

    public boolean changes() {
      return !method.equals("GET");
    }

    @Override
    public String toString() {
      return id;
    }
  }

  public List<Operation> operations() {
    List<Operation> all = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : root.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> each : path.getValue().properties()) {
        if (METHODS.contains(each.getKey())) {
          List<Parameter> parameters = new ArrayList<>();
          path.getValue().path("parameters").forEach(one -> parameters.add(parameter(one)));
          each.getValue().path("parameters").forEach(one -> parameters.add(parameter(one)));
          all.add(
              new Operation(
                  each.getValue().path("operationId").asText(),
                  each.getKey().toUpperCase(Locale.ROOT),
                  path.getKey(),
                  each.getValue(),
                  parameters));
        }
      }
    }
    return all;
  }

  private Parameter parameter(JsonNode node) {
    JsonNode one = follow(node);
    return new Parameter(
        one.path("name").asText(),
        one.path("in").asText(),
        one.path("required").asBoolean(),
        inline(one.path("schema"), false));
  }

  /** What a node stands for. */
  public JsonNode follow(JsonNode node) {
    JsonNode ref = node.get("$ref");
    return ref == null ? node : follow(root.at(ref.asText().substring(1)));
  }

  /** The schema of an operation's body without references, or null when it has none. */
  public @Nullable JsonNode requestSchema(Operation operation) {
    JsonNode schema =
        operation.node().path("requestBody").path("content").path("application/json").get("schema");
    return schema == null ? null : inline(schema, false);
  }

  /** A body that is as the schema says. */
  public @Nullable ObjectNode example(Operation operation) {
    JsonNode schema = requestSchema(operation);
    return schema == null || !schema.has("example")
        ? null
        : ((ObjectNode) schema.get("example")).deepCopy();
  }

  /** Whether a value is as a schema says. */
  public boolean isValid(JsonNode schema, JsonNode value) {
    return schema(schema).validate(value).isEmpty();
  }

  private Schema schema(JsonNode schema) {
    return compiled.computeIfAbsent(schema, SCHEMAS::getSchema);
  }

  /**
   * A schema with its references followed.
   *
   * @param closed whether an object may have only what is written, where the schema is silent
   */
  private JsonNode inline(JsonNode node, boolean closed) {
    return inline(node, closed, closed);
  }

  private JsonNode inline(JsonNode given, boolean closed, boolean closeThis) {
    JsonNode node = follow(given);
    if (!node.isObject()) {
      return node;
    }
    ObjectNode copy = Json.object();
    for (Map.Entry<String, JsonNode> each : node.properties()) {
      String name = each.getKey();
      JsonNode value = each.getValue();
      if (name.equals("properties")) {
        ObjectNode properties = copy.putObject(name);
        value
            .properties()
            .forEach(one -> properties.set(one.getKey(), inline(one.getValue(), closed)));
      } else if (name.equals("items") || name.equals("additionalProperties")) {
        copy.set(name, inline(value, closed));
      } else if (LISTS.contains(name)) {
        ArrayNode list = copy.putArray(name);
        value.forEach(one -> list.add(inline(one, closed, closed && !name.equals("allOf"))));
      } else {
        copy.set(name, value);
      }
    }
    if (closeThis
        && (copy.has("properties") || copy.has("allOf"))
        && !copy.has("additionalProperties")) {
      copy.put("unevaluatedProperties", false);
    }
    return copy;
  }

  // ---- answers

  /** An answer, as it came. */
  public interface Reply {
    int status();

    /** The value of a header, or null. */
    @Nullable String headerOrNull(String name);

    byte[] bytes();
  }

  /** In what an answer is not as the document says; empty when it is. */
  public List<String> faults(Operation operation, Reply reply) {
    JsonNode described = operation.node().path("responses").get(Integer.toString(reply.status()));
    if (described == null) {
      return List.of("status " + reply.status() + " is not documented");
    }
    JsonNode response = follow(described);
    List<String> faults = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : response.path("headers").properties()) {
      JsonNode header = follow(each.getValue());
      String value = reply.headerOrNull(each.getKey());
      if (value == null) {
        if (header.path("required").asBoolean()) {
          faults.add(each.getKey() + " is missing");
        }
      } else if (!isValid(inline(header.path("schema"), false), Json.MAPPER.valueToTree(value))) {
        faults.add(each.getKey() + " is not as documented: " + value);
      }
    }
    String type = reply.headerOrNull("content-type");
    JsonNode content = response.get("content");
    if (content == null) {
      if (type != null || reply.bytes().length > 0) {
        faults.add("a body of type " + type + " where none is documented");
      }
      if (reply.headerOrNull("content-length") != null) {
        faults.add("the length of a body that can't be");
      }
      return faults;
    }
    String plain = type == null ? "" : type.replaceAll(";.*", "").trim();
    JsonNode media = content.has(plain) ? content.get(plain) : content.get("*/*");
    if (media == null) {
      faults.add("content type " + type + " is not documented");
    } else if (plain.equals("application/json")) {
      faults.addAll(faults(media.path("schema"), reply.bytes()));
    }
    return faults;
  }

  private List<String> faults(JsonNode schema, byte[] body) {
    try {
      return schema(inline(schema, true)).validate(Json.read(body)).stream()
          .map(error -> error.getInstanceLocation() + ": " + error.getMessage())
          .toList();
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      return List.of("the body is not JSON");
    }
  }

  // ---- who may

  /** What one of an operation's security schemes asks for; null when the scheme is not accepted. */
  public @Nullable List<String> needs(Operation operation, String scheme) {
    for (JsonNode one : operation.node().path("security")) {
      JsonNode scopes = one.get(scheme);
      if (scopes != null) {
        return StreamSupport.stream(scopes.spliterator(), false).map(JsonNode::asText).toList();
      }
    }
    return null;
  }
}
