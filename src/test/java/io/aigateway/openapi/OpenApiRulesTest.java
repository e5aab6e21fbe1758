package io.aigateway.openapi;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.admin.Permission;
import io.aigateway.openapi.ApiSpec.Operation;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Holds {@code openapi.yaml} to the route files, in both directions. */
class OpenApiRulesTest {
  private static final Path ROUTES = Path.of("src/main/resources/routes");

  private final ApiSpec spec = ApiSpec.read();

  private static JsonNode route(Path file) {
    try {
      Object read = new Yaml().load(Files.readString(file));
      return Json.MAPPER.valueToTree(read).get(0).path("route");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<JsonNode> routes() {
    try (Stream<Path> files = Files.list(ROUTES)) {
      return files.sorted().map(OpenApiRulesTest::route).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Method and path of every door that serves one, by its route. */
  private static Map<String, String> doors() {
    Map<String, String> doors = new TreeMap<>();
    for (JsonNode route : routes()) {
      JsonNode from = route.path("from");
      String uri = from.path("uri").asText();
      String method = from.at("/parameters/httpMethodRestrict").asText();
      if (uri.startsWith("platform-http:") && !method.isEmpty()) {
        String path = uri.substring("platform-http:".length());
        doors.put(
            route.path("id").asText(), method + " " + (path.endsWith("/") ? path + "{id}" : path));
      }
    }
    return doors;
  }

  @Test
  void everyDoorIsDescribedAndEveryDescriptionHasADoor() {
    Map<String, String> described = new TreeMap<>();
    spec.operations().forEach(each -> described.put(each.id(), each.method() + " " + each.path()));

    assertThat(described).isEqualTo(doors());
  }

  @Test
  void everyAdminOperationNamesThePermissionOfItsRoute() {
    Map<String, Operation> operations = new LinkedHashMap<>();
    spec.operations().forEach(each -> operations.put(each.id(), each));
    int admin = 0;
    for (JsonNode route : routes()) {
      Operation operation = operations.get(route.path("id").asText());
      if (operation == null || !operation.isAdmin()) {
        continue;
      }
      admin++;
      String method = route.at("/from/steps/1/bean/method").asText();
      Permission permission =
          Permission.valueOf(method.replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT));
      List<String> needed = List.of(permission.label());
      assertThat(spec.needs(operation, "password")).as(operation.id()).isEqualTo(needed);
      assertThat(spec.needs(operation, "token")).as(operation.id()).isEqualTo(needed);
      boolean readsOneTenant =
          operation.path().startsWith("/admin/tenants/{id}")
              && (permission == Permission.TENANT_READ || permission == Permission.USAGE_READ);
      assertThat(spec.needs(operation, "adminReadKey") != null)
          .as(operation.id())
          .isEqualTo(readsOneTenant);
    }
    assertThat(admin).isGreaterThan(18);
  }

  @Test
  void everyOtherOperationNeedsAKeyIfItsRouteAsksForOne() {
    Set<String> asking = new HashSet<>();
    for (JsonNode route : routes()) {
      String text = route.toString();
      if (text.contains("\"ref\":\"authenticate\"") || text.contains("\"name\":\"chat\"")) {
        asking.add(route.path("id").asText());
      }
    }
    for (Operation operation : spec.operations()) {
      if (!operation.isAdmin()) {
        assertThat(operation.node().has("security")).as(operation.id()).isTrue();
        for (String scheme : List.of("bearerKey", "xApiKey", "apiKey")) {
          assertThat(spec.needs(operation, scheme) != null)
              .as(operation.id())
              .isEqualTo(asking.contains(operation.id()));
        }
      }
    }
  }

  @Test
  void everyReferenceLeadsSomewhereAndEveryPartIsUsed() {
    Set<String> used = new HashSet<>();
    spec.root().findValuesAsText("$ref").forEach(used::add);
    assertThat(used)
        .allSatisfy(ref -> assertThat(spec.root().at(ref.substring(1)).isMissingNode()).isFalse());
    for (String kind : List.of("parameters", "headers", "responses", "schemas")) {
      spec.root()
          .path("components")
          .path(kind)
          .fieldNames()
          .forEachRemaining(name -> assertThat(used).contains("#/components/" + kind + "/" + name));
    }
    Set<String> schemes = new HashSet<>();
    spec.operations()
        .forEach(
            each ->
                each.node()
                    .path("security")
                    .forEach(one -> one.fieldNames().forEachRemaining(schemes::add)));
    assertThat(spec.root().at("/components/securitySchemes").properties())
        .extracting(Map.Entry::getKey)
        .containsExactlyInAnyOrderElementsOf(schemes);
  }

  @Test
  void everyParameterOfAPathIsDescribedAndEveryExampleIsValid() {
    for (Operation operation : spec.operations()) {
      Matcher matcher = Pattern.compile("\\{([A-Za-z]+)}").matcher(operation.path());
      List<String> inPath = new ArrayList<>();
      while (matcher.find()) {
        inPath.add(matcher.group(1));
      }
      assertThat(
              operation.parameters().stream()
                  .filter(one -> one.in().equals("path"))
                  .map(ApiSpec.Parameter::name))
          .as(operation.id())
          .containsExactlyInAnyOrderElementsOf(inPath);
      JsonNode schema = spec.requestSchema(operation);
      JsonNode example = spec.example(operation);
      if (schema != null && example != null) {
        assertThat(spec.isValid(schema, example)).as(operation.id()).isTrue();
      }
    }
  }
}
