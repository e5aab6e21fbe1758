package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.PostgresServer;
import io.aigateway.fake.RecordedCall;
import io.aigateway.fake.RedisServer;
import io.aigateway.packaged.Http.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tenants' own credentials, on two replicas with one PostgreSQL and one Redis. */
class CredentialsIT {
  private static final String GATEWAYS = "sk-canary-gateways-91d0aa77";
  private static final String OWN = "sk-canary-tenants-4be27c10";
  private static final String OTHER = "sk-canary-other-5f11d2e3";
  private static final String KEY = "canary-encryption-key-0123456789";

  private static final FakeProvider OPENAI = new FakeProvider();
  private static final FakeProvider ELSEWHERE = new FakeProvider();
  private static final RedisServer REDIS = RedisServer.start();

  /** A provider that is called in a route of its own, behind the breaker. */
  private static final String ACME =
      """
      - route:
          id: provider-acme
          description: A new provider
          routeConfigurationId: stage
          from:
            id: provider-acme-from
            description: From the policy
            uri: direct
            parameters:
              name: provider-acme
            steps:
              - circuitBreaker:
                  id: acme
                  description: Skips acme while it fails
                  steps:
                    - to:
                        id: provider-acme-through
                        description: The route that calls
                        uri: direct
                        parameters:
                          name: call-acme
      - route:
          id: call-acme
          description: Calls acme
          routeConfigurationId: stage
          from:
            id: call-acme-from
            description: From behind the breaker
            uri: direct
            parameters:
              name: call-acme
            steps:
              - to:
                  id: call-acme-call
                  description: One call
                  uri: llm:acme
                  parameters:
                    dialect: openai
                    baseUrl: "{{ACME_BASE_URL}}"
                    credential: ACME_API_KEY
                    models: "acme-model"
      """;

  @TempDir static Path routes;

  private static String database;
  private static GatewayProcess one;
  private static GatewayProcess two;
  private static AdminCalls admin;

  @BeforeAll
  static void start() throws IOException {
    Files.writeString(routes.resolve("provider-acme.camel.yaml"), ACME);
    database = PostgresServer.shared().newDatabase();
    one = replica().launch();
    two = replica().launch();
    one.awaitReady();
    two.awaitReady();
    admin = AdminCalls.of(one);
  }

  private static GatewayProcess.Setup replica() {
    return GatewayProcess.gateway()
        .routes(routes)
        .env("ACME_API_KEY", GATEWAYS)
        .env("ACME_BASE_URL", OPENAI.openAiUrl())
        .env("DATABASE_URL", database)
        .env("REDIS_URL", REDIS.url())
        .env("USE_DISTRIBUTED_CB", "true")
        .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
        .env("ENCRYPTION_KEY", KEY)
        .env("LOG_LEVEL", "debug")
        .env("OPENAI_API_KEY", GATEWAYS)
        .env("OPENAI_BASE_URL", OPENAI.openAiUrl())
        .env("ANTHROPIC_API_KEY", GATEWAYS)
        .env("ANTHROPIC_BASE_URL", ELSEWHERE.url())
        .env("GEMINI_BASE_URL", ELSEWHERE.url() + "/v1beta")
        .env("AZURE_OPENAI_ENDPOINT", ELSEWHERE.url())
        .env("GROQ_BASE_URL", ELSEWHERE.openAiUrl());
  }

  @AfterAll
  static void stop() {
    one.close();
    two.close();
    REDIS.close();
    OPENAI.close();
    ELSEWHERE.close();
  }

  @BeforeEach
  void reset() {
    for (FakeProvider fake : List.of(OPENAI, ELSEWHERE)) {
      fake.accept().clear().always(Behaviour.answer("Hello."));
    }
  }

  private static Reply set(String tenant, String provider, String credential) {
    return admin.put(
        "/admin/tenants/" + tenant + "/credentials/" + provider,
        "{\"api_key\":\"" + credential + "\"}");
  }

  private static Reply chat(GatewayProcess at, String key, String model) {
    return AdminCalls.chat(at, key, model);
  }

  private static String sent(FakeProvider to, String header) {
    return Objects.requireNonNullElse(to.lastCall().header(header), "");
  }

  @Test
  void ownCredentialIsUsedFromTheNextCallOnEverywhereAndTheGatewaysAfterIt() {
    String key = admin.tenant("own", "");
    String neighbour = admin.tenant("neighbour", "");
    chat(two, key, "openai/gpt-4o");
    assertThat(sent(OPENAI, "authorization")).isEqualTo("Bearer " + GATEWAYS);

    Reply made = set("own", "openai", OWN);
    assertThat(made.status()).as(made.body()).isEqualTo(201);
    assertThat(made.json().path("provider").asText()).isEqualTo("openai");
    assertThat(made.json().path("readable").asBoolean()).isTrue();

    assertThat(chat(one, key, "openai/gpt-4o").status()).isEqualTo(200);
    assertThat(sent(OPENAI, "authorization")).isEqualTo("Bearer " + OWN);
    await()
        .atMost(Duration.ofSeconds(1))
        .until(
            () -> {
              chat(two, key, "openai/gpt-4o");
              return sent(OPENAI, "authorization").equals("Bearer " + OWN);
            });
    chat(one, neighbour, "openai/gpt-4o");
    assertThat(sent(OPENAI, "authorization")).isEqualTo("Bearer " + GATEWAYS);

    assertThat(set("own", "openai", OTHER).status()).isEqualTo(200);
    chat(one, key, "openai/gpt-4o");
    assertThat(sent(OPENAI, "authorization")).isEqualTo("Bearer " + OTHER);

    assertThat(admin.delete("/admin/tenants/own/credentials/openai").status()).isEqualTo(204);
    chat(one, key, "openai/gpt-4o");
    assertThat(sent(OPENAI, "authorization")).isEqualTo("Bearer " + GATEWAYS);
    assertThat(admin.delete("/admin/tenants/own/credentials/openai").status()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "openai/gpt-4o, OPENAI, authorization, 'Bearer '",
    "anthropic/claude-sonnet-4-5, ELSEWHERE, x-api-key, ''",
    "gemini/gemini-2.5-flash, ELSEWHERE, x-goog-api-key, ''",
    "azure/gpt-4o, ELSEWHERE, api-key, ''",
    "groq/llama-3.3-70b-versatile, ELSEWHERE, authorization, 'Bearer '"
  })
  void everyKindOfKeyIsSentAsItsProviderWantsItAlsoWhereTheGatewayHasNone(
      String model, String to, String header, String before) {
    String provider = model.substring(0, model.indexOf('/'));
    String tenant = "kind-" + provider;
    String key = admin.tenant(tenant, "");
    assertThat(set(tenant, provider, OWN).status()).isEqualTo(201);

    chat(one, key, model);

    FakeProvider fake = to.equals("OPENAI") ? OPENAI : ELSEWHERE;
    RecordedCall call = fake.lastCall();
    assertThat(call.header(header)).isEqualTo(before + OWN);
    assertThat(call.headers().toString()).doesNotContain(GATEWAYS, key);
    assertThat(Http.send(listing(key)).body()).contains("\"" + provider + "/");
    // those who have none of their own
    if (!provider.equals("openai") && !provider.equals("anthropic")) {
      String without = admin.tenant(tenant + "-without", "");
      assertThat(chat(one, without, model).status()).isEqualTo(503);
      assertThat(Http.send(listing(without)).body()).doesNotContain("\"" + provider + "/");
    }
  }

  private static java.net.http.HttpRequest.Builder listing(String key) {
    return java.net.http.HttpRequest.newBuilder(one.uri("/v1/models"))
        .header("x-api-key", key)
        .GET();
  }

  @ParameterizedTest
  @CsvSource({"401", "403", "429", "500"})
  void wrongCredentialOfATenantIsItsOwnTroubleOnly(int status) {
    String tenant = "wrong-" + status;
    String key = admin.tenant(tenant, ",\"rate_limit_rpm\":null");
    String neighbour = admin.tenant(tenant + "-neighbour", "");
    set(tenant, "openai", OWN);
    OPENAI.always(
        call ->
            ("Bearer " + OWN).equals(call.header("authorization"))
                ? Behaviour.status(status, "no, " + OWN)
                : Behaviour.answer("Hello."));
    double alarms = Metrics.of(one).value("aigateway_credential_alarms_total", "openai");

    for (int i = 0; i < 8; i++) {
      Reply reply = chat(one, key, "openai/gpt-4o");
      assertThat(reply.status()).isIn(429, 502, 503);
      assertThat(reply.body()).doesNotContain(OWN, GATEWAYS);
      if (i == 0 && status != 500) {
        assertThat(reply.body()).contains("the tenant's own credential");
      }
    }

    assertThat(chat(one, neighbour, "openai/gpt-4o").status()).isEqualTo(200);
    assertThat(chat(two, neighbour, "openai/gpt-4o").status()).isEqualTo(200);
    assertThat(breaker("openai").path("state").asText()).isEqualTo("closed");
    assertThat(Http.get(one, "/health").body()).doesNotContain(tenant);
    assertThat(Metrics.of(one).value("aigateway_credential_alarms_total", "openai"))
        .isEqualTo(alarms);
    long own =
        OPENAI.calls().stream()
            .filter(call -> ("Bearer " + OWN).equals(call.header("authorization")))
            .count();
    if (status == 401) {
      assertThat(own).as("its own breaker opened").isEqualTo(1);
    }
    // another value is another credential, with nothing against it
    set(tenant, "openai", OTHER);
    assertThat(chat(one, key, "openai/gpt-4o").status()).isEqualTo(200);
  }

  @Test
  void wrongCredentialBehindAnotherRouteIsItsTenantsTroubleOnlyToo() {
    String key = admin.tenant("behind", "");
    String neighbour = admin.tenant("behind-neighbour", "");
    set("behind", "acme", OWN);
    OPENAI.always(
        call ->
            ("Bearer " + OWN).equals(call.header("authorization"))
                ? Behaviour.status(401)
                : Behaviour.answer("Hello."));

    assertThat(chat(one, key, "acme/acme-model").status()).isEqualTo(502);
    assertThat(chat(one, key, "acme/acme-model").body()).contains("the tenant's own credential");

    assertThat(chat(one, neighbour, "acme/acme-model").status()).isEqualTo(200);
    assertThat(chat(two, neighbour, "acme/acme-model").status()).isEqualTo(200);
    assertThat(breaker("acme").path("state").asText()).isEqualTo("closed");
    assertThat(OPENAI.calls())
        .as("its own breaker opened")
        .filteredOn(call -> ("Bearer " + OWN).equals(call.header("authorization")))
        .hasSize(1);
  }

  private static JsonNode breaker(String provider) {
    for (JsonNode entry : admin.json("/admin/providers").path("data")) {
      if (entry.path("name").asText().equals(provider)) {
        return entry.path("breaker");
      }
    }
    throw new AssertionError(provider);
  }

  @Test
  void troubleOfTheGatewaysCredentialIsNotThatOfATenantsOwn() {
    String key = admin.tenant("apart", "");
    set("apart", "openai", OWN);
    OPENAI.always(
        call ->
            ("Bearer " + OWN).equals(call.header("authorization"))
                ? Behaviour.answer("Hello.")
                : Behaviour.status(401));
    String neighbour = admin.tenant("apart-neighbour", "");
    try {
      assertThat(chat(one, neighbour, "openai/gpt-4o").status()).isEqualTo(502);
      assertThat(breaker("openai").path("state").asText()).isEqualTo("open");
      assertThat(chat(one, key, "openai/gpt-4o").status()).isEqualTo(200);

      admin.post("/admin/providers/openai/breaker", "{\"state\":\"open\"}");
      assertThat(chat(one, key, "openai/gpt-4o").status()).as("a person's order").isEqualTo(503);
    } finally {
      admin.post("/admin/providers/openai/breaker", "{\"state\":\"closed\"}");
      admin.post("/admin/providers/openai/breaker", "{\"state\":\"auto\"}");
    }
    await()
        .atMost(Duration.ofSeconds(5))
        .until(() -> breaker("openai").path("state").asText().equals("closed"));
  }

  @Test
  void fallbackUsesTheCredentialOfItsOwnProvider() {
    String key = admin.tenant("falls", ",\"fallback_providers\":[\"groq/x\",\"anthropic/y\"]");
    set("falls", "openai", OWN);
    set("falls", "groq", OTHER);
    OPENAI.always(Behaviour.status(500));
    ELSEWHERE.always(
        call ->
            call.path().endsWith("/messages") ? Behaviour.answer("Hello.") : Behaviour.status(500));

    Reply reply = chat(one, key, "gpt-4o");

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(OPENAI.lastCall().headers().toString()).contains(OWN).doesNotContain(OTHER);
    List<RecordedCall> calls = ELSEWHERE.calls();
    assertThat(calls.get(0).headers().toString()).contains(OTHER).doesNotContain(OWN, GATEWAYS);
    assertThat(calls.get(1).headers().toString()).contains(GATEWAYS).doesNotContain(OWN, OTHER);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "openai | {} | 400 | api_key",
        "openai | {\"api_key\":5} | 400 | api_key",
        "openai | {\"api_key\":\"short\"} | 400 | api_key",
        "openai | {\"api_key\":\"sk-canary-tenants with-a-space\"} | 400 | api_key",
        "openai | {\"api_key\":\"sk-canary-tenants\\r\\nx-evil: 1\"} | 400 | api_key",
        "openai | {\"api_key\":\"sk-canary-tenants-ü\"} | 400 | api_key",
        "openai | {\"api_key\":\"sk-canary-tenants\",\"more\":1} | 400 | more",
        "openai | [] | 400 | null",
        "nobody | {\"api_key\":\"sk-canary-tenants\"} | 404 | provider",
        "bedrock | {\"api_key\":\"sk-canary-tenants\"} | 400 | provider",
        "demo | {\"api_key\":\"sk-canary-tenants\"} | 400 | provider"
      })
  void whatIsNoCredentialIsRefusedByNameAndNotRepeated(
      String provider, String body, int status, String field) {
    if (admin.get("/admin/tenants/refused").status() == 404) {
      admin.tenant("refused", "");
    }

    Reply reply = admin.put("/admin/tenants/refused/credentials/" + provider, body);

    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.json().at("/error/param").asText("null")).isEqualTo(field);
    assertThat(reply.body()).doesNotContain("canary");
    assertThat(admin.json("/admin/tenants/refused/credentials").path("data")).isEmpty();
    assertThat(set("no-such-tenant", "openai", OWN).status()).isEqualTo(404);
    assertThat(admin.get("/admin/tenants/no-such-tenant/credentials").status()).isEqualTo(404);
  }

  @Test
  void listShowsWhatIsThereAndTheAuditWhoSetIt() {
    admin.tenant("listed", "");
    Stream.of("openai", "groq", "gemini").forEach(provider -> set("listed", provider, OWN));

    JsonNode page = admin.json("/admin/tenants/listed/credentials?limit=2");
    JsonNode rest =
        admin.json("/admin/tenants/listed/credentials?after=" + page.path("next_after").asText());

    assertThat(page.path("data").findValuesAsText("provider")).containsExactly("gemini", "groq");
    assertThat(page.path("has_more").asBoolean()).isTrue();
    assertThat(rest.path("data").findValuesAsText("provider")).containsExactly("openai");
    admin.delete("/admin/tenants/listed/credentials/groq");
    JsonNode audit = admin.json("/admin/audit?tenant_id=listed&limit=2").path("data");
    assertThat(audit.findValuesAsText("action"))
        .containsExactly("credential.delete", "credential.set");
    assertThat(audit.get(0).path("object").asText()).isEqualTo("groq");
    assertThat(audit.get(0).path("actor").asText()).isEqualTo("admin");
  }

  @Test
  void credentialsAreNowhereToBeFound() {
    String key = admin.tenant("canary", "");
    String tried =
        set("canary", "openai", OWN).body() + set("canary", "openai", "x " + OTHER).body();
    OPENAI.always(Behaviour.status(400, "what is " + OWN + "?"));
    Reply refused = chat(one, key, "openai/gpt-4o");
    assertThat(refused.status()).isEqualTo(400);
    OPENAI.always(Behaviour.cut());
    Reply broken = chat(two, key, "openai/gpt-4o");

    String everywhere =
        tried
            + refused.body()
            + refused.response().headers().map()
            + broken.body()
            + PostgresServer.shared().dump(database)
            + admin.get("/admin/tenants/canary").body()
            + admin.get("/admin/tenants/canary/credentials").body()
            + admin.get("/admin/audit?limit=200").body()
            + Http.get(one, "/health").body()
            + Http.get(one, "/metrics").body()
            + one.log()
            + two.log();
    assertThat(everywhere).contains("canary").doesNotContain(OWN, OTHER, GATEWAYS, KEY);
  }

  @Test
  void withoutAKeyToSealWithNothingIsStoredAndWhatIsStoredIsNotReplacedByTheGateways() {
    String key = admin.tenant("keyless", "");
    set("keyless", "openai", OWN);
    try (GatewayProcess keyless = replica().without("ENCRYPTION_KEY").start()) {
      AdminCalls there = AdminCalls.of(keyless);

      Reply refused =
          there.put("/admin/tenants/keyless/credentials/openai", "{\"api_key\":\"" + OTHER + "\"}");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.json().at("/error/code").asText()).isEqualTo("encryption_key_required");
      assertThat(refused.body()).contains("ENCRYPTION_KEY").doesNotContain(OTHER);

      assertThat(there.json("/admin/tenants/keyless/credentials").at("/data/0/readable").asText())
          .isEqualTo("false");
      Reply reply = chat(keyless, key, "openai/gpt-4o");
      assertThat(reply.status()).isEqualTo(503);
      assertThat(reply.body()).contains("can't be read");
      assertThat(OPENAI.calls()).isEmpty();
      assertThat(keyless.log()).contains("own credentials can't be opened");
    }
  }
}
