package io.aigateway.openapi;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.aigateway.openapi.ApiSpec.Operation;
import io.aigateway.openapi.ApiSpec.Parameter;
import io.aigateway.openapi.Trial.Expected;
import io.aigateway.wire.Json;
import java.io.ByteArrayOutputStream;
import java.net.URLEncoder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;

/**
 * Makes up requests for an operation from its description: its example, every field, parameter and
 * header with everything that has ever broken something, and bodies drawn at random.
 */
public final class Trials {
  /** Stands in every text that must not be stored. */
  public static final String MARK = "Zq9x";

  private static final List<String> TEXTS =
      List.of(
          MARK + "' OR '1'='1",
          MARK + "'; DROP TABLE tenants; --",
          MARK + "\"; DELETE FROM users; --",
          MARK + "%' UNION SELECT password_hash FROM users --",
          MARK + "\\",
          MARK + "`id`$(id){{7*7}}<b>",
          MARK + "../../etc/passwd%00",
          MARK + "\0end",
          MARK + "\r\nX-Injected: yes",
          MARK + "\u007f\u0085",
          MARK + "\u202eevil",
          MARK + "\ufffd",
          MARK + "\ud800",
          MARK + "\ud83d\ude80",
          MARK + "x".repeat(300),
          MARK + "x".repeat(100_000),
          "",
          "   ");
  private static final List<String> OTHER_TYPES =
      List.of(
          "0",
          "-1",
          "1.5",
          "1e400",
          "2147483648",
          "99999999999999999999999",
          "true",
          "null",
          "[]",
          "{}",
          "[null]",
          "[[\"" + MARK + "\"]]",
          "{\"$ne\":\"" + MARK + "\"}");
  private static final List<byte[]> NOT_UTF_8 =
      List.of(
          new byte[] {(byte) 0xff, (byte) 0xfe},
          new byte[] {(byte) 0xc0, (byte) 0xaf},
          new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
          new byte[] {(byte) 0xe2, (byte) 0x82});
  private static final List<String> METHODS =
      List.of("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "FOO");
  private static final int RANDOM = 40;

  private final ApiSpec spec;
  private final Operation operation;
  private final Trial base;
  private final List<Trial> all = new ArrayList<>();

  private Trials(ApiSpec spec, Operation operation, List<String> credentials) {
    this.spec = spec;
    this.operation = operation;
    List<String> headers = new ArrayList<>(List.of("host: gateway.test"));
    headers.addAll(credentials);
    ObjectNode example = spec.example(operation);
    if (example != null) {
      headers.add("content-type: application/json");
    }
    List<String> query = new ArrayList<>();
    for (Parameter one : operation.parameters()) {
      if (one.in().equals("query") && one.required()) {
        query.add(one.name() + "={" + one.name() + "}");
      }
    }
    this.base =
        new Trial(
            "",
            Expected.EITHER,
            operation.method(),
            operation.path(),
            Map.of(),
            String.join("&", query),
            headers,
            example == null ? null : Json.bytes(example));
  }

  /**
   * All of them.
   *
   * @param credentials headers that may do it
   */
  public static List<Trial> of(ApiSpec spec, Operation operation, List<String> credentials) {
    Trials trials = new Trials(spec, operation, credentials);
    boolean served =
        operation.node().path("responses").properties().stream()
            .anyMatch(each -> each.getKey().startsWith("2"));
    if (!trials.isUnexampled()) {
      trials.add(trials.base.about("nothing special", served ? Expected.SUCCESS : Expected.EITHER));
    }
    trials.segments();
    trials.parameters();
    trials.headers();
    if (!operation.node().path("security").isEmpty()) {
      trials.credentials();
    }
    trials.methods();
    if (trials.base.body() != null) {
      trials.bodies();
      trials.fields();
      trials.atRandom();
    }
    return trials.all;
  }

  /** Whether its body is of a kind that isn't made up here. */
  private boolean isUnexampled() {
    return operation.node().has("requestBody") && base.body() == null;
  }

  private void add(Trial trial) {
    all.add(trial);
  }

  private Expected refusalIf(boolean wrong) {
    return wrong ? Expected.REFUSAL : Expected.EITHER;
  }

  // ---- the address

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private void segments() {
    for (Parameter one : operation.parameters()) {
      if (one.in().equals("path")) {
        for (String text : TEXTS) {
          if (!text.isEmpty() && text.length() < 10_000) {
            add(
                base.segment(one.name(), encoded(text))
                    .about("path " + one.name() + " " + shown(text), Expected.REFUSAL));
          }
        }
        for (String raw : List.of("%FF%FE", "%C0%AF", "%zz", "%", "\u00ff\u00fe", MARK + "\"<>|")) {
          add(
              base.segment(one.name(), raw)
                  .about("path " + one.name() + " " + raw, Expected.REFUSAL));
        }
        add(
            base.segment(one.name(), "x".repeat(20_000))
                .about("path " + one.name() + " too long", Expected.REFUSAL));
      }
    }
  }

  private void parameters() {
    for (Parameter one : operation.parameters()) {
      if (one.in().equals("query")) {
        List<String> texts = new ArrayList<>(TEXTS);
        texts.addAll(
            List.of("0", "1", "-1", "200", "201", "1.5", "1e2", "99999999999999999999", "+1"));
        for (String text : texts) {
          if (text.length() < 10_000) {
            JsonNode value =
                one.schema().path("type").asText().equals("integer") && text.matches("-?[0-9]+")
                    ? Json.MAPPER.getNodeFactory().numberNode(new java.math.BigInteger(text))
                    : TextNode.valueOf(text);
            // an empty value stands for none
            boolean wrong = !spec.isValid(one.schema(), value) && !text.isEmpty();
            add(
                base.query(one.name() + "=" + encoded(text))
                    .about("query " + one.name() + " " + shown(text), refusalIf(wrong)));
          }
        }
        for (String raw : List.of("%FF%FE", "%C0%AF", "%zz", "\u00ff\u00fe")) {
          add(
              base.query(one.name() + "=" + raw)
                  .about("query " + one.name() + " " + raw, Expected.REFUSAL));
        }
        add(
            base.query(one.name() + "=" + "x".repeat(20_000))
                .about("query " + one.name() + " too long", Expected.REFUSAL));
      }
    }
    Expected unknown = operation.isAdmin() && !isLater() ? Expected.REFUSAL : Expected.EITHER;
    add(base.query("zq=" + MARK).about("a parameter that nobody knows", unknown));
    add(base.query("%FF=%00").about("a parameter without a name", unknown));
    add(base.query("&&=&").about("an empty query", Expected.EITHER));
  }

  private boolean isLater() {
    return operation.node().path("responses").has("501");
  }

  // ---- headers

  private void headers() {
    for (Parameter one : operation.parameters()) {
      if (one.in().equals("header")) {
        for (String text : TEXTS) {
          if (text.chars().allMatch(c -> c >= ' ' && c < 0xd800) && text.length() < 10_000) {
            boolean wrong = !spec.isValid(one.schema(), TextNode.valueOf(text));
            String bytes = new String(text.getBytes(UTF_8), ISO_8859_1);
            add(
                base.header(one.name(), bytes)
                    .about(one.name() + " " + shown(text), refusalIf(wrong)));
          }
        }
        for (byte[] bytes : NOT_UTF_8) {
          boolean wrong = one.schema().has("pattern");
          add(
              base.header(one.name(), MARK + new String(bytes, ISO_8859_1))
                  .about(one.name() + " not UTF-8", refusalIf(wrong)));
        }
        add(
            base.header(one.name(), "x".repeat(70_000))
                .about(one.name() + " too long", Expected.REFUSAL));
        add(base.header(one.name(), "*").about(one.name() + " *", Expected.EITHER));
        add(base.header(one.name(), MARK + "\0").about(one.name() + " with NUL", Expected.EITHER));
      }
    }
    add(base.header("accept", "text/nothing").about("an odd Accept", Expected.EITHER));
    add(base.header("bad name", "x").about("a header that is none", Expected.REFUSAL));
    add(base.header("x-" + "n".repeat(70_000), "x").about("a huge name", Expected.REFUSAL));
    if (operation.isAdmin()) {
      for (String origin : List.of("https://evil.example", "null", MARK + "'", "\u00ff")) {
        add(base.header("origin", origin).about("Origin " + origin, Expected.REFUSAL));
      }
    }
  }

  private void credentials() {
    List<String> wrong =
        List.of(
            "Basic",
            "Basic ###",
            "Basic " + base64(MARK + "' OR '1'='1:x"),
            "Basic " + base64("x".repeat(5_000) + ":" + "x".repeat(5_000)),
            "Basic " + base64("\u00ff:\u00ff"),
            "Bearer",
            "Bearer " + MARK + "'; --",
            "Bearer gw-" + "x".repeat(43),
            "Bearer \u00ff\u00fe",
            "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
            "\u00ff");
    for (String one : wrong) {
      add(base.header("authorization", one).about("Authorization " + shown(one), Expected.REFUSAL));
    }
    add(base.without("authorization").about("no credentials", Expected.REFUSAL));
  }

  private static String base64(String text) {
    return java.util.Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private void methods() {
    TreeSet<String> served = new TreeSet<>();
    for (Operation each : spec.operations()) {
      if (each.path().equals(operation.path())) {
        served.add(each.method());
      }
    }
    // once for each path
    if (served.first().equals(operation.method())) {
      for (String method : METHODS) {
        if (!served.contains(method)) {
          add(base.by(method).body(null).about("the method " + method, Expected.REFUSAL));
        }
      }
    }
  }

  // ---- bodies

  private void bodies() {
    byte[] good = java.util.Objects.requireNonNull(base.body());
    String text = new String(good, UTF_8);
    Expected wrong = isLater() ? Expected.EITHER : Expected.REFUSAL;
    boolean optional = !operation.node().at("/requestBody/required").asBoolean();
    add(base.body(new byte[0]).about("an empty body", optional ? Expected.EITHER : wrong));
    for (String other : List.of("null", "5", "true", "\"" + MARK + "\"", "[]", "[" + text + "]")) {
      add(base.body(other.getBytes(UTF_8)).about("the body " + shown(other), wrong));
    }
    add(
        base.body(text.substring(0, text.length() - 1).getBytes(UTF_8))
            .about("half a body", wrong));
    add(base.body((text + text).getBytes(UTF_8)).about("two bodies", wrong));
    add(base.body((text + MARK).getBytes(UTF_8)).about("a body and more", wrong));
    add(base.body(text.replace('"', '\'').getBytes(UTF_8)).about("other quotes", wrong));
    add(base.body(text.getBytes(UTF_16)).about("UTF-16", wrong));
    add(base.body(("{\"a\":".repeat(5_000)).getBytes(UTF_8)).about("great depth", wrong));
    add(
        base.body(("[".repeat(100_000) + "]".repeat(100_000)).getBytes(UTF_8))
            .about("greater depth", wrong));
    for (String type :
        List.of(
            "text/plain",
            "application/xml",
            "application/x-www-form-urlencoded",
            MARK + "'",
            "\u00ff",
            "multipart/form-data")) {
      add(base.header("content-type", type).about("Content-Type " + type, wrong));
    }
    Expected right = isLater() ? Expected.EITHER : Expected.SUCCESS;
    add(base.header("content-type", "application/json; charset=utf-8").about("a charset", right));
    add(base.without("content-type").about("no Content-Type", right));
    if (operation.isAdmin()) {
      String large = text.substring(0, text.length() - 1) + " ".repeat(1_100_000) + "}";
      add(base.body(large.getBytes(UTF_8)).about("a huge body", wrong));
    }
  }

  private void fields() {
    JsonNode schema = java.util.Objects.requireNonNull(spec.requestSchema(operation));
    ObjectNode example = java.util.Objects.requireNonNull(spec.example(operation));
    for (Map.Entry<String, JsonNode> each : schema.path("properties").properties()) {
      String name = each.getKey();
      Map<String, JsonNode> values = new LinkedHashMap<>();
      for (String text : TEXTS) {
        values.put(shown(text), TextNode.valueOf(text));
      }
      for (String other : OTHER_TYPES) {
        values.put(other, json(other));
      }
      if (each.getValue().path("type").toString().contains("array")) {
        for (String text : TEXTS) {
          values.put("[" + shown(text) + "]", Json.array().add(text));
        }
        values.put("many", Json.array().addAll(many(500)));
        values.put("twice", Json.array().add("demo").add("demo"));
      }
      for (JsonNode bound :
          List.of(each.getValue().path("minimum"), each.getValue().path("maximum"))) {
        if (bound.isNumber()) {
          for (long by = -1; by <= 1; by++) {
            values.put("" + (bound.asLong() + by), Json.MAPPER.valueToTree(bound.asLong() + by));
          }
        }
      }
      values.forEach((shown, value) -> field(schema, example, name, shown, value));
      ObjectNode less = example.deepCopy();
      less.remove(name);
      body(schema, less, "no " + name);
      for (byte[] bytes : NOT_UTF_8) {
        add(
            raw(example, name, bytes)
                .about(name + " not UTF-8", isLater() ? Expected.EITHER : Expected.REFUSAL));
      }
    }
    for (String name :
        List.of(MARK, "__proto__", "", MARK + "'", "x".repeat(100_000), "\0", "\ud800")) {
      field(schema, example, name, "unknown", TextNode.valueOf(MARK));
    }
  }

  private static List<JsonNode> many(int count) {
    List<JsonNode> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(TextNode.valueOf("demo" + i));
    }
    return all;
  }

  private void field(
      JsonNode schema, ObjectNode example, String name, String shown, JsonNode value) {
    ObjectNode body = example.deepCopy();
    body.set(name, value);
    body(schema, body, shown(name) + " " + shown);
  }

  private void body(JsonNode schema, ObjectNode body, String about) {
    // a number that is whole only in JSON Schema's eyes, and half a character, are for each to
    // judge
    Expected expected =
        spec.isValid(schema, body) || isLater() ? Expected.EITHER : Expected.REFUSAL;
    add(base.body(Json.bytes(body)).about(about, expected));
  }

  /** The example with a text that isn't UTF-8 in one field. */
  private Trial raw(ObjectNode example, String name, byte[] bytes) {
    ObjectNode body = example.deepCopy();
    body.put(name, MARK + "@@");
    String[] halves = body.toString().split("@@", 2);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    all.writeBytes(halves[0].getBytes(UTF_8));
    all.writeBytes(bytes);
    all.writeBytes(halves[1].getBytes(UTF_8));
    return base.body(all.toByteArray());
  }

  /** Some fields as they should be, some not, some not at all. */
  private void atRandom() {
    JsonNode schema = java.util.Objects.requireNonNull(spec.requestSchema(operation));
    ObjectNode example = java.util.Objects.requireNonNull(spec.example(operation));
    Random random = new Random(operation.id().hashCode());
    for (int i = 0; i < RANDOM; i++) {
      ObjectNode body = Json.object();
      for (Map.Entry<String, JsonNode> each : schema.path("properties").properties()) {
        JsonNode good = example.get(each.getKey());
        switch (random.nextInt(4)) {
          case 0 -> body.set(each.getKey(), TextNode.valueOf(TEXTS.get(random.nextInt(15))));
          case 1 ->
              body.set(each.getKey(), json(OTHER_TYPES.get(random.nextInt(OTHER_TYPES.size()))));
          case 2 -> {
            if (good != null) {
              body.set(each.getKey(), good);
            }
          }
          default -> {
            // not at all
          }
        }
      }
      body(schema, body, "a body by chance: " + shown(body.toString()));
    }
  }

  private static JsonNode json(String text) {
    try {
      return Json.read(text);
    } catch (com.fasterxml.jackson.core.JsonProcessingException e) {
      throw new IllegalArgumentException(text, e);
    }
  }

  private static String shown(String text) {
    String plain = text.replaceAll("[^ -~]", "?");
    return plain.length() > 80 ? plain.substring(0, 80) + "..." : plain;
  }
}
