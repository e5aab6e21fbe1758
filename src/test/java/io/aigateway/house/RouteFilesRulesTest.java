package io.aigateway.house;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aigateway.admin.AdminAudit;
import io.aigateway.admin.AdminCredentials;
import io.aigateway.admin.AdminKeys;
import io.aigateway.admin.AdminProviders;
import io.aigateway.admin.AdminRoutes;
import io.aigateway.admin.AdminTenants;
import io.aigateway.admin.AdminUsers;
import io.aigateway.admin.Permission;
import io.aigateway.admin.Permit;
import io.aigateway.auth.Authenticate;
import io.aigateway.call.RouteStep;
import io.aigateway.call.Var;
import io.aigateway.endpoint.ApiDocument;
import io.aigateway.endpoint.Fallback;
import io.aigateway.endpoint.ListModels;
import io.aigateway.endpoint.ReadChat;
import io.aigateway.endpoint.Receive;
import io.aigateway.endpoint.Refuse;
import io.aigateway.endpoint.WriteChat;
import io.aigateway.endpoint.WriteError;
import io.aigateway.limit.Reserve;
import io.aigateway.observe.HealthReport;
import io.aigateway.observe.Scrape;
import io.aigateway.usage.Settle;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** What Camel does not notice when it reads the route files, looked for in each of them. */
class RouteFilesRulesTest {
  private static final Path FOLDER = Path.of("src/main/resources/routes");
  private static final Pattern KEBAB = Pattern.compile("[a-z0-9]+(-[a-z0-9]+)*");
  private static final Pattern VARIABLE = Pattern.compile("variable\\.([A-Za-z0-9_]+)");
  private static final Pattern SECRET =
      Pattern.compile(
          "(?i)\\b(sk|xai|gw|pk)-[a-z0-9]{8}|gsk_|AIza|Bearer |password|secret|[a-z0-9+/]{32}");

  /** The steps that routes call, by the names under which the wiring offers them. */
  private static final Map<String, Class<?>> STEPS =
      Map.ofEntries(
          entry("receive", Receive.class),
          entry("authenticate", Authenticate.class),
          entry("read", ReadChat.class),
          entry("write", WriteChat.class),
          entry("errors", WriteError.class),
          entry("apiDocument", ApiDocument.class),
          entry("refuse", Refuse.class),
          entry("models", ListModels.class),
          entry("usage", Settle.class),
          entry("fallback", Fallback.class),
          entry("health", HealthReport.class),
          entry("scrape", Scrape.class),
          entry("limit", Reserve.class),
          entry("permit", Permit.class),
          entry("adminTenants", AdminTenants.class),
          entry("adminKeys", AdminKeys.class),
          entry("adminCredentials", AdminCredentials.class),
          entry("adminUsers", AdminUsers.class),
          entry("adminAudit", AdminAudit.class),
          entry("adminProviders", AdminProviders.class),
          entry("adminRoutes", AdminRoutes.class));

  /** Keys under which YAML has a node that is drawn, and so has an id and a description. */
  private static final Set<String> NODES =
      Set.of(
          "from",
          "to",
          "toD",
          "wireTap",
          "bean",
          "choice",
          "otherwise",
          "loadBalance",
          "circuitBreaker",
          "setBody",
          "setVariable",
          "setHeader",
          "filter",
          "split",
          "multicast",
          "process",
          "throwException",
          "doTry",
          "delay",
          "log",
          "script");

  static List<String> files() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static List<String> routeFiles() {
    return files().stream().filter(name -> !name.equals("errors.camel.yaml")).toList();
  }

  private static JsonNode yaml(String file) {
    try {
      Object read = new Yaml().load(Files.readString(FOLDER.resolve(file)));
      return new ObjectMapper().valueToTree(read);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static JsonNode route(String file) {
    return yaml(file).get(0).path("route");
  }

  /** Every key of the tree with its value. */
  private static void walk(JsonNode node, BiConsumer<String, JsonNode> visit) {
    for (Map.Entry<String, JsonNode> field : node.properties()) {
      visit.accept(field.getKey(), field.getValue());
      walk(field.getValue(), visit);
    }
    if (node.isArray()) {
      node.forEach(item -> walk(item, visit));
    }
  }

  @Test
  void everyFileIsARouteFile() {
    assertThat(files()).isNotEmpty().allMatch(name -> name.endsWith(".camel.yaml"));
  }

  @ParameterizedTest
  @MethodSource("routeFiles")
  void fileHasOneRouteOfItsNameWithADescriptionAndErrorHandling(String file) {
    assertThat(yaml(file)).hasSize(1);
    JsonNode route = route(file);

    assertThat(route.path("id").asText()).isEqualTo(file.replace(".camel.yaml", ""));
    assertThat(route.path("description").asText()).isNotBlank();
    assertThat(route.path("routeConfigurationId").asText()).isIn("edge", "stage");
  }

  @ParameterizedTest
  @MethodSource("routeFiles")
  void everyNodeHasAnIdOfItsRouteAndADescription(String file) {
    String name = route(file).path("id").asText();
    Set<String> seen = new HashSet<>();
    walk(
        route(file),
        (key, value) -> {
          List<JsonNode> nodes = new ArrayList<>();
          if (NODES.contains(key)) {
            nodes.add(value);
          } else if (key.equals("when")) {
            value.forEach(nodes::add);
          }
          for (JsonNode node : nodes) {
            String id = node.path("id").asText();
            assertThat(node.path("description").asText()).as(key + " " + id).isNotBlank();
            assertThat(id).as(key + " of " + name).matches(KEBAB);
            assertThat(seen.add(id)).as("twice: " + id).isTrue();
            if (key.equals("circuitBreaker")) {
              assertThat("provider-" + id).isEqualTo(name);
            } else {
              assertThat(id).startsWith(name + "-");
            }
          }
        });
    assertThat(seen).isNotEmpty();
  }

  @Test
  void everyIdIsThereOnce() {
    List<String> all = new ArrayList<>();
    files()
        .forEach(
            file ->
                walk(
                    yaml(file),
                    (key, value) -> {
                      if (key.equals("id")) {
                        all.add(value.asText());
                      }
                    }));

    assertThat(all).doesNotHaveDuplicates();
  }

  @Test
  void everyDirectDoorThatIsCalledIsOpen() {
    Set<String> doors =
        routeFiles().stream()
            .map(file -> route(file).path("from"))
            .filter(from -> from.path("uri").asText().equals("direct"))
            .map(from -> from.at("/parameters/name").asText())
            .collect(Collectors.toSet());
    Set<String> called = new HashSet<>();
    for (String file : files()) {
      walk(
          yaml(file),
          (key, value) -> {
            if (key.equals("to") || key.equals("wireTap")) {
              String uri = value.path("uri").asText();
              assertThat(uri).as("canonical form").doesNotContain("?").doesNotStartWith("direct:");
              if (uri.equals("direct")) {
                called.add(value.at("/parameters/name").asText());
              }
            }
          });
    }

    called.removeIf(name -> name.equals("provider-{{DEFAULT_PROVIDER:ollama}}"));
    assertThat(doors).containsAll(called).contains("provider-ollama");
  }

  @Test
  void onlyADynamicDoorToProvidersIsThere() {
    List<String> dynamic = new ArrayList<>();
    files()
        .forEach(
            file ->
                walk(
                    yaml(file),
                    (key, value) -> {
                      if (key.equals("toD")) {
                        dynamic.add(value.path("uri").asText());
                      }
                    }));

    assertThat(dynamic)
        .containsOnly(
            "direct:provider-${variable.provider}", "direct:provider-${variable.defaultProvider}");
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyVariableIsOneOfTheList(String file) throws IOException {
    Set<String> known =
        Arrays.stream(Var.values()).map(Var::key).collect(Collectors.toUnmodifiableSet());
    Matcher matcher = VARIABLE.matcher(Files.readString(FOLDER.resolve(file)));
    while (matcher.find()) {
      assertThat(known).contains(matcher.group(1));
    }
    walk(
        yaml(file),
        (key, value) -> {
          if (key.equals("setVariable")) {
            assertThat(known).contains(value.path("name").asText());
          }
        });
  }

  @ParameterizedTest
  @MethodSource("files")
  void noSecretStandsInAFile(String file) {
    walk(
        yaml(file),
        (key, value) -> {
          if (value.isTextual() && !key.equals("description") && !key.equals("note")) {
            if (key.equals("credential")) {
              assertThat(value.asText()).as("a name, not a value").matches("[A-Z0-9_]+_API_KEY");
            } else if (!key.equals("exception") && !value.asText().startsWith("{{")) {
              assertThat(SECRET.matcher(value.asText()).find()).as(value.asText()).isFalse();
            }
          }
        });
  }

  @ParameterizedTest
  @MethodSource("files")
  void thereAreNoLogsScriptsOrFallbacksOfABreaker(String file) {
    walk(
        yaml(file),
        (key, value) ->
            assertThat(key).isNotIn("log", "script", "onFallback", "groovy", "process"));
  }

  @ParameterizedTest
  @MethodSource("files")
  void everyStepIsAPublicMethodOfAKnownBean(String file) {
    walk(
        yaml(file),
        (key, value) -> {
          if (key.equals("bean")) {
            Class<?> type = STEPS.get(value.path("ref").asText());
            assertThat(type).as(value.path("ref").asText()).isNotNull();
            assertThat(java.util.Objects.requireNonNull(type)).hasAnnotation(RouteStep.class);
            assertThat(
                    Arrays.stream(type.getMethods())
                        .filter(method -> Modifier.isPublic(method.getModifiers()))
                        .map(java.lang.reflect.Method::getName))
                .contains(value.path("method").asText());
          }
        });
  }

  @Test
  void providerFilesHaveOneBreakerAroundOneCall() {
    for (String file : files()) {
      if (file.startsWith("provider-")) {
        JsonNode steps = route(file).at("/from/steps");
        assertThat(steps).as(file).hasSize(1);
        JsonNode breaker = steps.get(0).path("circuitBreaker");
        assertThat(breaker.path("steps")).as(file).hasSize(1);
        assertThat(breaker.at("/steps/0/to/uri").asText())
            .isEqualTo("llm:" + breaker.path("id").asText());
      }
    }
  }

  @Test
  void everyAdminRouteNeedsAPermissionBeforeAnythingElse() {
    Set<String> permissions =
        Arrays.stream(Permission.values())
            .map(permission -> camelCase(permission.label()))
            .collect(Collectors.toUnmodifiableSet());
    List<String> guarded = new ArrayList<>();
    for (String file : routeFiles()) {
      JsonNode from = route(file).path("from");
      if (from.path("uri").asText().startsWith("platform-http:/admin")) {
        JsonNode steps = from.path("steps");
        assertThat(steps.at("/0/bean/ref").asText()).as(file).isEqualTo("receive");
        assertThat(steps.at("/0/bean/method").asText()).as(file).isEqualTo("admin");
        assertThat(steps.at("/1/bean/ref").asText()).as(file).isEqualTo("permit");
        assertThat(permissions).as(file).contains(steps.at("/1/bean/method").asText());
        assertThat(from.at("/parameters/httpMethodRestrict").asText()).as(file).isNotEmpty();
        guarded.add(file);
      } else {
        assertThat(file).doesNotStartWith("admin-");
      }
    }
    assertThat(guarded).hasSizeGreaterThan(15);
  }

  private static String camelCase(String label) {
    int colon = label.indexOf(':');
    return label.substring(0, colon)
        + Character.toUpperCase(label.charAt(colon + 1))
        + label.substring(colon + 2);
  }
}
