package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.builtIn;
import static io.aigateway.packaged.SharedGateway.provider;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.KubernetesApi;
import io.aigateway.packaged.Http.Reply;
import io.fabric8.kubernetes.api.model.Event;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Does a changed folder, mounted as a ConfigMap is, change the routes of callers who stay? */
class LiveRoutesIT {
  private static final Duration LIMIT = Duration.ofSeconds(20);
  private static final FakeProvider FIRST = new FakeProvider();
  private static final FakeProvider SPARE = new FakeProvider();
  private static final FakeProvider WEAK = new FakeProvider();
  private static final KubernetesApi KUBERNETES = new KubernetesApi();
  private static final Mount MOUNT = new Mount();
  private static GatewayProcess gateway;

  /** The folder as the kubelet keeps it: files are links through {@code ..data}. */
  private static final class Mount {
    private final Path folder = SharedGateway.folder();
    private int version;

    void hold(Map<String, String> files) {
      try {
        Path next = Files.createDirectory(folder.resolve("..version-" + ++version));
        for (Map.Entry<String, String> file : files.entrySet()) {
          Files.writeString(next.resolve(file.getKey()), file.getValue());
        }
        Path link = Files.createSymbolicLink(folder.resolve("..data_tmp"), next.getFileName());
        Files.move(link, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        for (String name : files.keySet()) {
          Path file = folder.resolve(name);
          if (!Files.isSymbolicLink(file)) {
            Files.createSymbolicLink(file, Path.of("..data", name));
          }
        }
        try (var all = Files.list(folder)) {
          for (Path file : all.filter(Files::isSymbolicLink).toList()) {
            String name = file.getFileName().toString();
            if (!name.startsWith("..") && !files.containsKey(name)) {
              Files.delete(file);
            }
          }
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  @BeforeAll
  static void start() {
    MOUNT.hold(files("first"));
    gateway =
        GatewayProcess.gateway()
            .routes(MOUNT.folder)
            .env("FIRST_API_KEY", "sk-canary-first")
            .env("SPARE_API_KEY", "sk-canary-spare")
            .env("WEAK_API_KEY", "sk-canary-weak")
            .env("BREAKER_CONSECUTIVE_FAILURES", "3")
            .env("ADMIN_PASSWORD", AdminCalls.PASSWORD)
            .env("POD_NAME", "ai-gateway-live")
            .env("POD_NAMESPACE", "ai-gateway")
            .env("KUBERNETES_SERVICE_HOST", KUBERNETES.host())
            .env("KUBERNETES_SERVICE_PORT", Integer.toString(KUBERNETES.port()))
            .property("gateway.kubernetes.service-account", KUBERNETES.account().toString())
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    FIRST.close();
    SPARE.close();
    WEAK.close();
    KUBERNETES.close();
  }

  @BeforeEach
  void reset() {
    FIRST.accept().clear().always(Behaviour.answer("Hello from the fake provider."));
    SPARE.accept().clear().always(Behaviour.answer("Hello from the fake provider."));
    hold(files("first"));
  }

  /** Two providers and a policy that sends every gpt model to one of them. */
  private static Map<String, String> files(String target) {
    Map<String, String> files = new TreeMap<>();
    files.put("provider-first.camel.yaml", provider("first", FIRST.openAiUrl(), "30s", "60s"));
    files.put("provider-spare.camel.yaml", provider("spare", SPARE.openAiUrl(), "30s", "60s"));
    files.put("provider-weak.camel.yaml", provider("weak", WEAK.openAiUrl(), "30s", "60s"));
    files.put(
        "route-model.camel.yaml",
        builtIn("route-model.camel.yaml")
            .replace("name: provider-openai\n", "name: provider-" + target + "\n"));
    return files;
  }

  private static JsonNode routes() {
    return Http.get(gateway, "/health").json().path("routes");
  }

  private static JsonNode shown() {
    return AdminCalls.of(gateway).json("/admin/routes");
  }

  private static String origin(String file) {
    for (JsonNode entry : shown().path("data")) {
      if (entry.path("name").asText().equals(file)) {
        return entry.path("origin").asText();
      }
    }
    return "none";
  }

  /** Puts these files there and waits until they are in force or refused. */
  private static void hold(Map<String, String> files) {
    JsonNode before = routes();
    Map<String, String> now = Map.copyOf(files);
    if (now.equals(held)) {
      return;
    }
    held = now;
    MOUNT.hold(files);
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(25))
        .until(
            () ->
                routes().path("version").asInt() > before.path("version").asInt()
                    || !routes().path("last_error").equals(before.path("last_error")));
  }

  private static List<String> providers() {
    List<String> names = new ArrayList<>();
    Http.get(gateway, "/health")
        .json()
        .path("providers")
        .forEach(provider -> names.add(provider.path("name").asText()));
    return names;
  }

  private static Map<String, String> held = files("first");

  private static String served(String model) {
    return Http.chat(gateway, model, false).header("x-gateway-provider");
  }

  @Test
  void changedRuleIsInForceAndStreamsEndWhereTheyBegan() {
    // given a stream of the first provider
    FIRST.always(Behaviour.stream(Duration.ofMillis(400), "a ", "b ", "c ", "d ", "e ", "f "));
    try (RawCaller caller = new RawCaller(gateway).chat("gpt-4o", true)) {
      caller.awaitText("a ");

      // when
      hold(files("spare"));

      // then
      assertThat(served("gpt-4o")).isEqualTo("spare");
      caller.awaitText("f ").awaitText("[DONE]");
    }
    assertThat(FIRST.calls()).hasSize(1);
    await()
        .atMost(LIMIT)
        .until(() -> Metrics.of(gateway).value("aigateway_routes_generations", "") == 1);
    FIRST.awaitOpenCalls(0, LIMIT);
  }

  @Test
  void severalSwapsUnderLoadLoseNoCall() {
    AtomicBoolean over = new AtomicBoolean();
    List<CompletableFuture<List<Reply>>> callers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      boolean stream = i % 2 == 1;
      callers.add(
          CompletableFuture.supplyAsync(
              () -> {
                List<Reply> replies = new ArrayList<>();
                while (!over.get()) {
                  replies.add(Http.chat(gateway, "gpt-4o", stream));
                }
                return replies;
              },
              task -> new Thread(task).start()));
    }

    for (int i = 0; i < 6; i++) {
      hold(files(i % 2 == 0 ? "spare" : "first"));
    }
    over.set(true);

    for (CompletableFuture<List<Reply>> caller : callers) {
      assertThat(caller.join())
          .hasSizeGreaterThan(3)
          .allSatisfy(
              reply -> {
                assertThat(reply.status()).as(reply.body()).isEqualTo(200);
                assertThat(reply.text()).isEqualTo("Hello from the fake provider.");
              });
    }
    assertThat(FIRST.calls()).isNotEmpty();
    assertThat(SPARE.calls()).isNotEmpty();
    assertThat(gateway.isAlive()).isTrue();
  }

  @Test
  void addedProviderIsKnownAndDeletedOneForgotten() {
    Map<String, String> more = files("first");
    more.put("provider-third.camel.yaml", provider("third", SPARE.openAiUrl(), "5s", "10s"));
    assertThat(Http.chat(gateway, "third/x", false).status()).isEqualTo(404);

    hold(more);
    assertThat(providers()).contains("first", "third");
    assertThat(origin("provider-third.camel.yaml")).isEqualTo("added");
    assertThat(origin("route-model.camel.yaml")).isEqualTo("overridden");
    assertThat(origin("chat.camel.yaml")).isEqualTo("built_in");
    // without its key it is known and not offered
    assertThat(Http.chat(gateway, "third/x", false).json().at("/error/code").asText())
        .isEqualTo("provider_not_configured");

    hold(files("first"));
    assertThat(providers()).contains("first").doesNotContain("third");
    assertThat(origin("provider-third.camel.yaml")).isEqualTo("none");
    assertThat(Http.chat(gateway, "third/x", false).status()).isEqualTo(404);
  }

  @Test
  void brokenSetIsRefusedWithItsReasonAndTheOldGoesOn() {
    double failures = Metrics.of(gateway).value("aigateway_routes_reload_failures_total", "");
    int version = routes().path("version").asInt();

    hold(files("nobody"));

    String why = routes().path("last_error").asText();
    assertThat(why)
        .startsWith("route-model.camel.yaml:")
        .contains("[route-model-gpt-openai] direct:provider-nobody is opened by no route")
        .contains("accepted: provider-anthropic, ")
        .contains("provider-first", "provider-weak");
    assertThat(gateway.log()).contains("routes refused, version " + version, why);
    assertThat(routes().path("version").asInt()).isEqualTo(version);
    assertThat(shown().path("version").asInt()).isEqualTo(version);
    assertThat(shown().path("last_error").asText()).isEqualTo(why);
    assertThat(Metrics.of(gateway).value("aigateway_routes_reload_failures_total", ""))
        .isEqualTo(failures + 1);
    await().atMost(LIMIT).until(() -> KUBERNETES.events("ai-gateway").size() == 1);
    Event event = KUBERNETES.events("ai-gateway").get(0);
    assertThat(event.getReason()).isEqualTo("RoutesRefused");
    assertThat(event.getInvolvedObject().getName()).isEqualTo("ai-gateway-live");
    assertThat(event.getMessage()).startsWith("Version " + version).contains("provider-nobody is");
    assertThat(Http.get(gateway, "/health/ready").status()).isEqualTo(200);
    assertThat(served("gpt-4o")).isEqualTo("first");

    hold(files("spare"));
    assertThat(routes().path("last_error").isNull()).isTrue();
    assertThat(served("gpt-4o")).isEqualTo("spare");
  }

  @Test
  void nobodyGetsPastThePermitStepByARouteOfTheirOwn() {
    Map<String, String> more = files("first");
    more.put(
        "open.camel.yaml",
        """
        - route:
            id: open
            routeConfigurationId: edge
            from:
              uri: platform-http:/open
              steps:
                - bean: {ref: receive, method: admin}
                - bean: {ref: adminTenants, method: list}
        """);
    hold(more);
    assertThat(origin("open.camel.yaml")).isEqualTo("added");

    Reply reply = Http.get(gateway, "/open");

    assertThat(reply.status()).isEqualTo(500);
    assertThat(reply.body()).doesNotContain("data");
  }

  @Test
  void breakerKeepsItsStateOverASwap() {
    WEAK.always(Behaviour.status(500));
    for (int i = 0; i < 4; i++) {
      Http.chat(gateway, "weak/x", false);
    }
    assertThat(Http.chat(gateway, "weak/x", false).status()).isEqualTo(503);
    WEAK.clear();

    hold(files("spare"));

    assertThat(Http.chat(gateway, "weak/x", false).status()).isEqualTo(503);
    assertThat(WEAK.calls()).isEmpty();
    assertThat(Metrics.of(gateway).value("aigateway_circuit_breaker_state", "provider=\"weak\""))
        .isEqualTo(2);
  }
}
