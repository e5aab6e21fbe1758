package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.openapi.ApiSpec;
import io.aigateway.openapi.ApiSpec.Operation;
import io.aigateway.openapi.Trial;
import io.aigateway.openapi.Trial.Expected;
import io.aigateway.openapi.Trials;
import io.aigateway.packaged.Http.Reply;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Does every endpoint of the jar do what {@code openapi.yaml} says, also when it is asked for what
 * it should refuse? Requests are made up from the description ({@link Trials}); each is answered
 * with a documented status, the documented headers and a body of the documented shape, and what is
 * refused leaves no trace.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class ApiContract {
  private static final ApiSpec SPEC = ApiSpec.read();
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private GatewayProcess gateway;
  private AdminCalls admin;

  private static final Map<String, Behaviour> ANSWERS =
      Map.of(
          "embeddings",
          Behaviour.json(
              "{\"object\":\"list\",\"model\":\"m\",\"data\":[{\"object\":\"embedding\",\"index\":0,"
                  + "\"embedding\":[0.5]}],\"usage\":{\"prompt_tokens\":1,\"total_tokens\":1}}"),
          "images-generations",
          Behaviour.json("{\"created\":1,\"data\":[{\"b64_json\":\"eA==\"}]}"),
          "moderations",
          Behaviour.json("{\"id\":\"m\",\"model\":\"m\",\"results\":[]}"),
          "rerank",
          Behaviour.json("{\"results\":[]}"),
          "audio-speech",
          Behaviour.raw("audio/mpeg", new byte[] {1, 2, 3}));

  private final FakeProvider provider = new FakeProvider();

  /** A gateway on a database of its own. */
  abstract GatewayProcess.Setup setup();

  /** Everything that is stored. */
  abstract String stored(AdminCalls calls);

  @BeforeAll
  void start() {
    gateway =
        setup()
            .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
            .env("ENCRYPTION_KEY", "an-encryption-key-for-these-ones")
            .env("DEFAULT_PROVIDER", "demo")
            .env("OPENAI_API_KEY", "sk-of-a-fake")
            .env("OPENAI_BASE_URL", provider.openAiUrl())
            .env("VLLM_BASE_URL", provider.openAiUrl())
            .start();
    admin = AdminCalls.of(gateway);
  }

  @AfterAll
  void stop() {
    gateway.close();
    provider.close();
  }

  static List<Operation> operations() {
    return SPEC.operations();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void operationIsAsDescribed(Operation operation) {
    String key = operation.isAdmin() ? admin.authorization() : "Bearer " + GatewayProcess.KEY;
    List<String> credentials =
        operation.node().path("security").isEmpty() ? List.of() : List.of("authorization: " + key);
    List<Trial> trials = Trials.of(SPEC, operation, credentials);
    List<String> faults = new ArrayList<>();
    provider.always(ANSWERS.getOrDefault(operation.id(), Behaviour.answer("Hello")));

    Map<String, String> real = real(operation);
    for (Trial trial : trials) {
      String before = operation.changes() ? lastChange() : "";
      WireReply reply = WireReply.to(gateway.port(), unique(trial).bytes(real));
      List<String> found = new ArrayList<>();
      boolean documented = trial.method().equals(operation.method());
      if (documented) {
        found.addAll(SPEC.faults(operation, reply));
      } else if (reply.status() != 405 || reply.headerOrNull("allow") == null) {
        found.add("not a 405 with Allow");
      }
      if (reply.status() >= 500 && reply.status() != 501) {
        found.add("a failure");
      }
      boolean refused = reply.status() >= 400 && reply.status() < 500;
      if (trial.expected() == Expected.REFUSAL && !refused && reply.status() != 501) {
        found.add("not refused");
      }
      if (trial.expected() == Expected.SUCCESS && reply.status() >= 300) {
        found.add("not done");
      }
      if (refused && operation.changes() && !lastChange().equals(before)) {
        found.add("refused, but something was changed");
      }
      if (operation.isAdmin() && reply.headerOrNull("x-request-id") == null) {
        found.add("no X-Request-ID");
      }
      if (reply.status() < 300 && operation.changes()) {
        real = real(operation);
      }
      if (!found.isEmpty()) {
        String text = reply.text();
        faults.add(
            trial
                + ": "
                + reply.status()
                + " "
                + found
                + " "
                + text.substring(0, Math.min(300, text.length())));
      }
    }

    assertThat(faults)
        .as(faults.size() + " of " + trials.size() + "\n" + String.join("\n", faults))
        .isEmpty();
    assertThat(trials).hasSizeGreaterThan(8);
    assertThat(stored(admin)).isNotEmpty().doesNotContain(Trials.MARK);
    assertThat(gateway.log()).doesNotContain(" ERROR ");
  }

  /** Names that may be made once only are made up anew. */
  private Trial unique(Trial trial) {
    byte[] body = trial.body();
    if (body == null) {
      return trial;
    }
    String text = new String(body, java.nio.charset.StandardCharsets.ISO_8859_1);
    String changed =
        text.replace(
            "\"username\":\"somebody\"", "\"username\":\"user-" + NUMBER.incrementAndGet() + "\"");
    return new Trial(
        trial.about(),
        trial.expected(),
        trial.method(),
        trial.path(),
        trial.segments(),
        trial.query(),
        trial.headers(),
        changed.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
  }

  /** What the names in a path stand for: things that are there, and that a call may remove. */
  private Map<String, String> real(Operation operation) {
    if (operation.path().startsWith("/admin/tenants/{id}")) {
      Reply made = admin.post("/admin/tenants", "{}");
      String id = made.json().path("id").asText();
      if (operation.id().equals("admin-credential-delete")) {
        admin.put(
            "/admin/tenants/" + id + "/credentials/openai", "{\"api_key\":\"sk-of-a-tenant\"}");
      }
      return Map.of("id", id, "keyId", made.json().at("/key/id").asText(), "provider", "openai");
    }
    if (operation.path().startsWith("/admin/users") && operation.method().equals("DELETE")) {
      String name = "user-" + NUMBER.incrementAndGet();
      admin.post(
          "/admin/users",
          "{\"username\":\"%s\",\"password\":\"a-long-passphrase\",\"role\":\"viewer\"}"
              .formatted(name));
      return Map.of("username", name);
    }
    return Map.of("name", "demo", "id", "demo/demo");
  }

  /** Every change has a row in the audit log. */
  private String lastChange() {
    return admin.json("/admin/audit?limit=1").at("/data/0/id").asText();
  }
}
