package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.ANTHROPIC;
import static io.aigateway.packaged.SharedGateway.FIRST;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OLLAMA;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static io.aigateway.packaged.SharedGateway.SPARE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.packaged.Http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Do YAML files alone decide who answers? */
class PolicyIT {

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-4o, openai",
    "o3-mini, openai",
    "claude-sonnet-4-5, anthropic",
    "demo, demo",
    "llama3, ollama",
    "openai/my-own, openai",
    "anthropic/gpt-4o, anthropic",
    "ollama/claude-like, ollama",
    "demo/demo, demo",
    "spare/anything, spare"
  })
  void modelsNameChoosesTheProvider(String model, String provider) {
    for (boolean stream : new boolean[] {false, true}) {
      Reply reply = Http.chat(GATEWAY, model, stream);

      assertThat(reply.status()).as(reply.body()).isEqualTo(200);
      assertThat(reply.header("x-gateway-provider")).isEqualTo(provider);
      assertThat(reply.text()).startsWith("Hello from the ");
    }
  }

  @Test
  void forcedProviderIsAskedAndNoOther() {
    OPENAI.always(Behaviour.status(503));

    Reply reply =
        Http.send(
            Http.post(GATEWAY, Http.CHAT, Http.body("claude-x", false))
                .header("x-provider", "OpenAI"));

    assertThat(reply.status()).isEqualTo(502);
    assertThat(OPENAI.calls()).hasSize(1);
    assertThat(OPENAI.lastCall().json().path("model").asText()).isEqualTo("claude-x");
    assertThat(ANTHROPIC.calls()).isEmpty();
    assertThat(OLLAMA.calls()).isEmpty();
  }

  @Test
  void providerAddedByOneFileHasItsOwnAddressAndKey() {
    Reply reply = Http.chat(GATEWAY, "first/first-model", false);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(FIRST.lastCall().header("authorization"))
        .isEqualTo("Bearer " + SharedGateway.FIRST_KEY);
    assertThat(FIRST.lastCall().json().path("model").asText()).isEqualTo("first-model");
    assertThat(Http.get(GATEWAY, "/v1/models").body()).contains("\"first/first-model\"");
    assertThat(Http.get(GATEWAY, "/v1/models/first/first-model").json().path("owned_by").asText())
        .isEqualTo("first");
  }

  @Test
  void weightsShareTheTraffic() {
    for (int i = 0; i < 20; i++) {
      assertThat(Http.chat(GATEWAY, "weighted-model", false).status()).isEqualTo(200);
    }

    assertThat(FIRST.calls()).hasSize(5);
    assertThat(SPARE.calls()).hasSize(15);
  }

  @Test
  void explainNamesTheWayTaken() {
    FIRST.always(Behaviour.status(503));

    Reply reply =
        Http.send(
            Http.post(GATEWAY, Http.CHAT, Http.body("chain-model", false))
                .header("x-gateway-explain", "true"));

    assertThat(reply.header("x-gateway-route"))
        .isEqualTo("first/chain-model=503 > spare/chain-model=ok");
  }

  @Test
  void blockingStepIsFoundAtStartAndStallsNobodyElse() {
    assertThat(GATEWAY.log()).contains("route slow-chat runs off the event loop");
    assertThat(GATEWAY.log()).doesNotContain("route chat-completions runs off the event loop");

    // given many callers who wait in the blocking step
    List<CompletableFuture<Reply>> slow = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      slow.add(
          CompletableFuture.supplyAsync(
              () -> Http.send(Http.post(GATEWAY, "/slow/chat", Http.body("gpt-4o", true))),
              task -> new Thread(task).start()));
    }
    OPENAI.awaitOpenCalls(0, Duration.ofSeconds(1));

    // when another one asks
    long started = System.nanoTime();
    Reply quick = Http.chat(GATEWAY, "demo", false);
    Duration took = Duration.ofNanos(System.nanoTime() - started);

    // then
    assertThat(quick.status()).isEqualTo(200);
    assertThat(slow.stream().filter(CompletableFuture::isDone)).as("still waiting").isEmpty();
    assertThat(took).isLessThan(Duration.ofMillis(400));
    for (CompletableFuture<Reply> waiting : slow) {
      assertThat(waiting.join().text()).isEqualTo("Hello from the fake provider.");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "gpt-4o", "claude-sonnet-4-5", "llama3"})
  void answerSaysWhoServedIt(String model) {
    Reply whole = Http.chat(GATEWAY, model, false);

    JsonNode field = whole.json().path("x_gateway");
    assertThat(field.path("provider").asText()).isEqualTo(whole.header("x-gateway-provider"));
    assertThat(field.path("model").asText()).isEqualTo(model);
    assertThat(field.path("request_id").asText()).isEqualTo(whole.header("x-request-id"));
    assertThat(field.has("cost_usd")).isFalse();

    Reply stream = Http.chat(GATEWAY, model, true);
    List<JsonNode> carriers =
        stream.events().stream()
            .filter(event -> event.contains("x_gateway"))
            .map(Http::json)
            .toList();
    assertThat(carriers).hasSize(1);
    assertThat(carriers.get(0).at("/choices/0/finish_reason").asText()).isEqualTo("stop");
  }

  @Test
  void metricsMoveWithTheTraffic() {
    Metrics before = Metrics.of(GATEWAY);
    FIRST.next(Behaviour.status(503), Behaviour.status(401));

    Http.chat(GATEWAY, "chain-model", false);
    Http.chat(GATEWAY, "chain-model", true);
    Http.chat(GATEWAY, "gpt-4o", true);

    Metrics after = Metrics.of(GATEWAY);
    Map<String, String> moved =
        Map.of(
            "aigateway_requests_total", "provider=\"spare\",status=\"200\"",
            "aigateway_request_duration_seconds_count", "provider=\"spare\"",
            "aigateway_time_to_first_token_seconds_count", "provider=\"openai\"",
            "aigateway_overhead_seconds_count", "provider=\"openai\"",
            "aigateway_tokens_total", "provider=\"openai\"",
            "aigateway_provider_errors_total", "error_type=\"server_error\",provider=\"first\"",
            "aigateway_fallbacks_total", "from=\"first\",to=\"spare\"",
            "aigateway_credential_alarms_total", "provider=\"first\"");
    moved.forEach(
        (name, labels) ->
            assertThat(after.value(name, labels))
                .as(name)
                .isGreaterThan(before.value(name, labels)));
    assertThat(after.value("aigateway_circuit_breaker_state", "provider=\"openai\"")).isZero();
    assertThat(after.has("aigateway_circuit_breaker_state")).isTrue();
    assertThat(after.value("aigateway_active_connections", "")).isGreaterThanOrEqualTo(1);
    assertThat(after.value("aigateway_instance_info", "version=")).isEqualTo(1);
    assertThat(after.lines()).anyMatch(line -> line.startsWith("jvm_"));
  }

  @Test
  void unknownModelsShareOneLabel() {
    Http.chat(GATEWAY, "gpt-made-up-1", false);
    Http.chat(GATEWAY, "gpt-made-up-2", false);

    assertThat(Http.get(GATEWAY, "/metrics").body()).doesNotContain("made-up");
  }

  @Test
  void healthShowsEveryProviderAndItsBreaker() {
    assertThat(Http.get(GATEWAY, "/health/live").json().path("status").asText()).isEqualTo("ok");
    JsonNode ready = Http.get(GATEWAY, "/health/ready").json();
    assertThat(ready.path("status").asText()).isEqualTo("ready");
    assertThat(ready.path("version").asText()).isNotEmpty();

    JsonNode health = Http.get(GATEWAY, "/health").json();
    JsonNode first =
        health.path("providers").findParents("name").stream()
            .filter(provider -> provider.path("name").asText().equals("first"))
            .findFirst()
            .orElseThrow();
    assertThat(first.path("configured").asBoolean()).isTrue();
    assertThat(first.at("/breaker/state").asText()).isEqualTo("closed");
    assertThat(health.at("/routes/count").asInt()).isGreaterThan(20);
    assertThat(health.toString()).doesNotContain("canary", "127.0.0.1");
  }
}
