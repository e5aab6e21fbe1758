package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.admin.Role;
import io.aigateway.packaged.Http.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.yaml.snakeyaml.Yaml;

/** The admin API of one gateway on its embedded database. */
class AdminIT {
  private static final Path ROUTES = Path.of("src/main/resources/routes");

  private static GatewayProcess gateway;
  private static AdminCalls admin;

  @BeforeAll
  static void start() {
    gateway =
        GatewayProcess.gateway()
            .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
            .env("LOG_LEVEL", "debug")
            .start();
    admin = AdminCalls.of(gateway);
    for (Role role : Role.values()) {
      Reply made =
          admin.post(
              "/admin/users",
              "{\"username\":\"%1$s\",\"password\":\"password-of-%1$s\",\"role\":\"%1$s\"}"
                  .formatted(role.label())
                  .replace("\"username\":\"admin\"", "\"username\":\"other-admin\""));
      assertThat(made.status()).as(made.body()).isEqualTo(201);
    }
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static AdminCalls as(Role role) {
    String name = role == Role.ADMIN ? "other-admin" : role.label();
    return AdminCalls.of(gateway, name, "password-of-" + role.label());
  }

  // ---- who may do what, from the routes themselves

  /** One admin route: what it takes to be called. */
  record Door(String method, String path, String permission) {}

  static List<Door> doors() {
    try (Stream<Path> files = Files.list(ROUTES)) {
      List<Door> doors = new ArrayList<>();
      for (Path file : files.sorted().toList()) {
        if (file.getFileName().toString().startsWith("admin-")) {
          List<Map<String, Map<String, Object>>> read = new Yaml().load(Files.readString(file));
          JsonNode from =
              io.aigateway.wire.Json.MAPPER.valueToTree(read.get(0).get("route").get("from"));
          doors.add(
              new Door(
                  from.at("/parameters/httpMethodRestrict").asText(),
                  from.path("uri").asText().replace("platform-http:", ""),
                  from.at("/steps/1/bean/method").asText()));
        }
      }
      return doors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean may(Role role, String permission) {
    return switch (permission) {
      case "tenantRead", "usageRead" -> true;
      case "tenantWrite" -> role != Role.VIEWER;
      case "tenantDelete", "adminManage" -> role == Role.ADMIN;
      default -> throw new AssertionError(permission);
    };
  }

  @ParameterizedTest
  @MethodSource("doors")
  void everyRoleMayDoWhatIsWrittenAndNothingElse(Door door) {
    String path = door.path().replaceAll("\\{[a-zA-Z]+}", "nobody-of-this-name");
    for (Role role : Role.values()) {
      Reply reply = as(role).send(door.method(), path, "");

      assertThat(reply.status())
          .as(role + " " + door + " " + reply.body())
          .isNotIn(401, 500, 405)
          .matches(status -> (status != 403) == may(role, door.permission()));
    }
    Reply nobody = new AdminCalls(gateway, "").send(door.method(), path, "");
    assertThat(nobody.status()).isEqualTo(401);
    assertThat(nobody.header("www-authenticate")).contains("Basic realm=");
  }

  @ParameterizedTest
  @CsvSource({
    "Basic",
    "Basic ###",
    "Basic YWRtaW4=",
    "Bearer",
    "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhZG1pbiJ9.",
    "Bearer gw-no-key-of-anybody",
    "Digest x"
  })
  void whatIsNoCredentialIsUnauthorized(String authorization) {
    Reply reply = new AdminCalls(gateway, authorization).get("/admin/tenants");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(reply.json().at("/error/code").asText()).isEqualTo("invalid_credentials");
  }

  @Test
  void wrongPasswordsLockTheNameOutForAWhile() {
    admin.post(
        "/admin/users",
        "{\"username\":\"mallory\",\"password\":\"password-of-mallory\",\"role\":\"viewer\"}");
    AdminCalls wrong = AdminCalls.of(gateway, "mallory", "wrong");
    for (int i = 0; i < 5; i++) {
      assertThat(wrong.get("/admin/tenants").status()).isEqualTo(401);
    }
    AdminCalls right = AdminCalls.of(gateway, "mallory", "password-of-mallory");
    wrong.get("/admin/tenants");

    Reply locked = right.get("/admin/tenants");

    assertThat(locked.status()).isEqualTo(429);
    assertThat(Integer.parseInt(locked.header("retry-after"))).isBetween(1, 2);
    assertThat(admin.get("/admin/tenants").status()).isEqualTo(200);
    await().atMost(Duration.ofSeconds(5)).until(() -> right.get("/admin/tenants").status() == 200);
  }

  @ParameterizedTest
  @CsvSource({"http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"})
  void foreignOriginIsRefused(String origin) {
    Reply reply = Http.send(admin.request("GET", "/admin/tenants", "").header("origin", origin));

    assertThat(reply.status()).isEqualTo(403);
  }

  @Test
  void ownOriginIsNot() {
    Reply reply =
        Http.send(
            admin
                .request("GET", "/admin/tenants", "")
                .header("origin", "http://127.0.0.1:" + gateway.port()));

    assertThat(reply.status()).isEqualTo(200);
  }

  // ---- a tenant's life

  @Test
  void wholeLifeOfATenantAndItsKeys() {
    String first =
        admin.tenant("life", ",\"name\":\"Life\",\"allowed_models\":[\"demo\",\"demo/*\"]");
    assertThat(first).matches("gw-[A-Za-z0-9_-]{43}");
    assertThat(AdminCalls.chat(gateway, first, "demo").status()).isEqualTo(200);
    Reply refused = AdminCalls.chat(gateway, first, "gpt-4o");
    assertThat(refused.status()).isEqualTo(403);
    assertThat(refused.json().at("/error/code").asText()).isEqualTo("model_not_allowed");

    Reply key =
        admin.post(
            "/admin/tenants/life/keys", "{\"name\":\"vectors\",\"scopes\":[\"embeddings\"]}");
    assertThat(key.status()).isEqualTo(201);
    String second = key.json().path("api_key").asText();
    assertThat(AdminCalls.chat(gateway, second, "demo").status()).isEqualTo(403);

    admin.put("/admin/tenants/life", "{\"enabled\":false}");
    assertThat(AdminCalls.chat(gateway, first, "demo").status()).isEqualTo(401);
    admin.put("/admin/tenants/life", "{\"enabled\":true}");
    assertThat(AdminCalls.chat(gateway, first, "demo").status()).isEqualTo(200);

    Reply rotated = admin.post("/admin/tenants/life/rotate-key", "{\"grace_seconds\":600}");
    String third = rotated.json().path("api_key").asText();
    assertThat(AdminCalls.chat(gateway, first, "demo").status()).as("grace").isEqualTo(200);
    String fourth =
        admin.post("/admin/tenants/life/rotate-key", "").json().path("api_key").asText();
    assertThat(AdminCalls.chat(gateway, first, "demo").status()).isEqualTo(401);
    assertThat(AdminCalls.chat(gateway, third, "demo").status()).isEqualTo(401);

    JsonNode keys = admin.json("/admin/tenants/life/keys?limit=2");
    assertThat(keys.path("data")).hasSize(2);
    assertThat(keys.path("has_more").asBoolean()).isTrue();
    JsonNode rest =
        admin.json("/admin/tenants/life/keys?limit=2&after=" + keys.path("next_after").asText());
    JsonNode last = rest.path("data").get(1);
    assertThat(last.path("prefix").asText()).isEqualTo(fourth.substring(0, 9));
    assertThat(rest.path("has_more").asBoolean()).isFalse();

    assertThat(admin.delete("/admin/tenants/life/keys/" + last.path("id").asText()).status())
        .isEqualTo(204);
    assertThat(AdminCalls.chat(gateway, fourth, "demo").status()).isEqualTo(401);

    assertThat(admin.delete("/admin/tenants/life").status()).isEqualTo(204);
    assertThat(admin.get("/admin/tenants/life").status()).isEqualTo(404);
    JsonNode audit = admin.json("/admin/audit?tenant_id=life").path("data");
    assertThat(audit.findValuesAsText("action"))
        .containsExactly(
            "tenant.delete",
            "key.revoke",
            "tenant.rotate-key",
            "tenant.rotate-key",
            "tenant.update",
            "tenant.update",
            "key.create",
            "tenant.create");
    assertThat(audit.get(0).path("actor").asText()).isEqualTo("admin");
    assertThat(audit.toString() + gateway.log()).doesNotContain(first, second, third, fourth);
    assertThat(gateway.log()).doesNotContain(AdminCalls.PASSWORD);
  }

  @Test
  void listShowsTheModelsOfTheKeyOnly() {
    String key = admin.tenant("lister", ",\"allowed_models\":[\"demo/demo-slow\"]");

    Reply models =
        Http.send(
            java.net.http.HttpRequest.newBuilder(gateway.uri("/v1/models"))
                .header("x-api-key", key)
                .GET());

    assertThat(models.json().path("data").findValuesAsText("id")).containsExactly("demo/demo-slow");
  }

  @Test
  void keyWithAdminReadSeesItsOwnTenantOnly() {
    admin.tenant("reader", "");
    admin.tenant("neighbour", "");
    String key =
        admin
            .post("/admin/tenants/reader/keys", "{\"scopes\":[\"admin-read\"]}")
            .json()
            .path("api_key")
            .asText();
    AdminCalls reader = new AdminCalls(gateway, "Bearer " + key);

    assertThat(reader.get("/admin/tenants/reader").status()).isEqualTo(200);
    assertThat(reader.get("/admin/tenants/reader/keys").status()).isEqualTo(200);
    for (String path :
        List.of("/admin/tenants/neighbour", "/admin/tenants", "/admin/providers", "/admin/audit")) {
      assertThat(reader.get(path).status()).as(path).isEqualTo(403);
    }
    assertThat(reader.put("/admin/tenants/reader", "{\"enabled\":true}").status()).isEqualTo(403);
    assertThat(AdminCalls.chat(gateway, key, "demo").status()).isEqualTo(403);
  }

  @Test
  void updatesMeetOnTheTag() {
    admin.tenant("tagged", "");
    String tag = admin.get("/admin/tenants/tagged").header("etag");

    Reply fits =
        Http.send(
            admin
                .request("PUT", "/admin/tenants/tagged", "{\"name\":\"one\"}")
                .header("if-match", tag));
    Reply stale =
        Http.send(
            admin
                .request("PUT", "/admin/tenants/tagged", "{\"name\":\"two\"}")
                .header("if-match", tag));

    assertThat(fits.status()).isEqualTo(200);
    assertThat(fits.header("etag")).isNotEqualTo(tag);
    assertThat(stale.status()).isEqualTo(412);
    assertThat(admin.json("/admin/tenants/tagged").path("name").asText()).isEqualTo("one");
    String shown = admin.get("/admin/tenants/tagged").body();
    assertThat(admin.put("/admin/tenants/tagged", shown).status()).as("as shown").isEqualTo(200);
  }

  @Test
  void sameCreateSentTwiceMakesOneThing() {
    String body = "{\"id\":\"twice\"}";
    Reply first =
        Http.send(admin.request("POST", "/admin/tenants", body).header("idempotency-key", "i-1"));
    Reply again =
        Http.send(admin.request("POST", "/admin/tenants", body).header("idempotency-key", "i-1"));
    Reply other =
        Http.send(
            admin
                .request("POST", "/admin/tenants", "{\"id\":\"thrice\"}")
                .header("idempotency-key", "i-1"));
    Reply without = admin.post("/admin/tenants", body);

    assertThat(first.status()).isEqualTo(201);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.json()).isEqualTo(first.json());
    assertThat(again.header("idempotent-replayed")).isEqualTo("true");
    assertThat(other.status()).isEqualTo(422);
    assertThat(without.status()).isEqualTo(409);
    assertThat(without.json().at("/error/param").asText()).isEqualTo("id");
  }

  // ---- routes

  @Test
  void routesAreShownWithTheirFilesAndVersion() {
    JsonNode shown = admin.json("/admin/routes");

    assertThat(shown.path("version").asInt()).isEqualTo(1);
    assertThat(shown.path("last_error").isNull()).isTrue();
    assertThat(java.time.Instant.parse(shown.path("loaded_at").asText()))
        .isBeforeOrEqualTo(java.time.Instant.now());
    List<String> names = shown.path("data").findValuesAsText("name");
    assertThat(names)
        .contains("chat.camel.yaml", "errors.camel.yaml", "admin-routes.camel.yaml")
        .isSorted();
    assertThat(shown.path("data").findValuesAsText("origin")).containsOnly("built_in");
    JsonNode chat = shown.path("data").get(names.indexOf("chat.camel.yaml"));
    assertThat(chat.path("routes").toString()).isEqualTo("[\"chat\"]");
    assertThat(shown.path("count").asInt()).isEqualTo(names.size() - 1);
    assertThat(admin.get("/admin/routes?x=1").status()).isEqualTo(400);
  }

  // ---- what is refused

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"id\":\"a b\"} | id",
        "{\"id\":\"default\"} | id",
        "{\"id\":\"x'; drop table tenants; --\"} | id",
        "{\"id\":5} | id",
        "{\"name\":\"\"} | name",
        "{\"name\":\"a\\u0000b\"} | name",
        "{\"name\":[\"x\"]} | name",
        "{\"enabled\":\"true\"} | enabled",
        "{\"allowed_models\":\"gpt\"} | allowed_models",
        "{\"allowed_models\":[1]} | allowed_models",
        "{\"allowed_models\":[\"\"]} | allowed_models",
        "{\"default_provider\":\"nobody\"} | default_provider",
        "{\"fallback_providers\":[\"demo\",\"nobody/x\"]} | fallback_providers",
        "{\"fallback_providers\":[\"demo\",\"a\",\"b\",\"c\"]} | fallback_providers",
        "{\"rate_limit_rpm\":-1} | rate_limit_rpm",
        "{\"rate_limit_rpm\":0} | rate_limit_rpm",
        "{\"rate_limit_rpm\":1.5} | rate_limit_rpm",
        "{\"rate_limit_rpm\":99999999999999} | rate_limit_rpm",
        "{\"max_concurrency\":\"5\"} | max_concurrency",
        "{\"budget_usd\":5} | budget_usd",
        "{\"rate_limit_tpm\":5} | rate_limit_tpm",
        "{\"nonsense\":5} | nonsense",
        "[] | ",
        "{ | ",
        "'' | "
      })
  void wrongFieldIsNamedAndNothingIsStored(String body, String field) {
    int before = admin.json("/admin/tenants?limit=200").path("data").size();

    Reply reply = admin.post("/admin/tenants", body);

    assertThat(reply.status()).as(reply.body()).isEqualTo(400);
    assertThat(reply.json().at("/error/param").asText("null"))
        .isEqualTo(field == null ? "null" : field);
    assertThat(admin.json("/admin/tenants?limit=200").path("data")).hasSize(before);
  }

  @Test
  void hugeAndUnreadableInputIsABadRequest() {
    assertThat(admin.post("/admin/tenants", "{\"id\":\"" + "x".repeat(300) + "\"}").status())
        .isEqualTo(400);
    assertThat(
            admin.post("/admin/tenants", "{\"name\":\"" + "x".repeat(2_000_000) + "\"}").status())
        .isEqualTo(413);
    assertThat(
            Http.send(
                    admin
                        .request("POST", "/admin/tenants", "")
                        .POST(
                            java.net.http.HttpRequest.BodyPublishers.ofByteArray(
                                new byte[] {'{', '"', (byte) 0xff, '"', ':', '1', '}'})))
                .status())
        .isEqualTo(400);
    for (String path :
        List.of(
            "/admin/tenants/%00",
            "/admin/tenants/%FF", "/admin/tenants/' or 1=1", "/admin/tenants/" + "x".repeat(300))) {
      assertThat(admin.get(path.replace(" ", "%20")).status()).as(path).isEqualTo(404);
    }
    for (String query : List.of("limit=0", "limit=x", "limit=201", "after=%00", "what=1")) {
      Reply reply = admin.get("/admin/tenants?" + query);
      assertThat(reply.status()).as(query).isEqualTo(400);
      assertThat(query).startsWith(reply.json().at("/error/param").asText());
    }
  }

  @Test
  void removedUserIsOutAtOnce() {
    admin.post(
        "/admin/users",
        "{\"username\":\"short-lived\",\"password\":\"password-of-short\",\"role\":\"admin\"}");
    assertThat(admin.delete("/admin/users?username=short-lived").status()).isEqualTo(204);
    assertThat(admin.delete("/admin/users/short-lived").status()).isEqualTo(404);
    assertThat(admin.delete("/admin/users").status()).isEqualTo(400);
    AdminCalls gone = AdminCalls.of(gateway, "short-lived", "password-of-short");
    assertThat(gone.get("/admin/tenants").status()).isEqualTo(401);
  }

  @Test
  void unknownPathAndMethodAreSaid() {
    assertThat(admin.get("/admin").status()).isEqualTo(404);
    assertThat(admin.get("/admin/nothing").status()).isEqualTo(404);
    Reply wrong = admin.send("PATCH", "/admin/tenants/x", "{}");
    assertThat(wrong.status()).isEqualTo(405);
    assertThat(wrong.header("allow")).isEqualTo("DELETE, GET, PUT");
  }
}
