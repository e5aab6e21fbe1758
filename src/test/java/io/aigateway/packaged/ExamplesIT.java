package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.RecordedCall;
import io.aigateway.packaged.Http.Reply;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Do the folders of {@code examples} do what they say, one after the other in a running gateway?
 * Each takes the place of the one before: that a file changes is all that moves the traffic.
 */
class ExamplesIT {
  private static final Duration SOON = Duration.ofSeconds(8);
  private static final String LLAMA = "llama-70b";
  private static final String TOO_LONG =
      "This model's maximum context length is 8192 tokens. However, you requested 9000 tokens.";

  private static final FakeProvider OPENAI = new FakeProvider();
  private static final FakeProvider GROQ = new FakeProvider();
  private static final FakeProvider TOGETHER = new FakeProvider();
  private static final FakeProvider ANTHROPIC = new FakeProvider();
  private static final List<FakeProvider> FAKES = List.of(OPENAI, GROQ, TOGETHER, ANTHROPIC);
  private static final Path ROUTES = SharedGateway.folder();

  private static GatewayProcess gateway;

  @BeforeAll
  static void start() {
    gateway =
        GatewayProcess.gateway()
            .routes(ROUTES)
            .env("OPENAI_API_KEY", "sk-canary-one")
            .env("OPENAI_API_KEY_2", "sk-canary-two")
            .env("OPENAI_BASE_URL", OPENAI.openAiUrl())
            .env("GROQ_API_KEY", "gsk-canary")
            .env("GROQ_BASE_URL", GROQ.openAiUrl())
            .env("TOGETHER_API_KEY", "tg-canary")
            .env("TOGETHER_BASE_URL", TOGETHER.openAiUrl())
            .env("ANTHROPIC_API_KEY", "sk-ant-canary")
            .env("ANTHROPIC_BASE_URL", ANTHROPIC.url())
            .env("BREAKER_CONSECUTIVE_FAILURES", "1000")
            .env("BREAKER_MINIMUM_CALLS", "1000000")
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    FAKES.forEach(FakeProvider::close);
  }

  /** Puts the files of an example in the place of those before. */
  private static void use(String example) {
    for (FakeProvider fake : FAKES) {
      fake.clear().always(Behaviour.answer("Hello from the fake provider."));
    }
    String before = routes().path("digest").asText();
    try (Stream<Path> old = Files.list(ROUTES);
        Stream<Path> now = Files.list(Path.of("examples", example))) {
      for (Path file : old.toList()) {
        Files.delete(file);
      }
      for (Path file : now.toList()) {
        Files.copy(file, ROUTES.resolve(file.getFileName()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> !routes().path("digest").asText().equals(before));
    assertThat(routes().path("last_error").isTextual()).as(routes().toString()).isFalse();
  }

  private static JsonNode routes() {
    return Http.get(gateway, "/health").json().path("routes");
  }

  private Reply ask(String model, boolean stream) {
    Reply reply = Http.chat(gateway, model, stream);
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.text()).isEqualTo("Hello from the fake provider.");
    return reply;
  }

  @Test
  void weighted() {
    use("weighted");
    for (int i = 0; i < 100; i++) {
      ask(LLAMA, i % 2 == 0);
    }

    assertThat(GROQ.calls().size()).isBetween(62, 96);
    assertThat(GROQ.calls().size() + TOGETHER.calls().size()).isEqualTo(100);
    assertThat(GROQ.lastCall().json().path("model").asText()).isEqualTo("llama-3.3-70b-versatile");
    assertThat(TOGETHER.lastCall().json().path("model").asText())
        .isEqualTo("meta-llama/Llama-3.3-70B-Instruct-Turbo");
    GROQ.always(Behaviour.status(503));
    assertThat(ask(LLAMA, false).header("x-gateway-provider")).isEqualTo("together");
  }

  @Test
  void leastLatency() {
    use("least-latency");
    GROQ.always(
        Behaviour.answer("Hello from the fake provider.").slowFirstByte(Duration.ofMillis(250)));
    for (int i = 0; i < 30; i++) {
      ask(LLAMA, true);
    }

    assertThat(GROQ.calls().size()).isBetween(1, 4);
    TOGETHER.always(Behaviour.status(503));
    assertThat(ask(LLAMA, true).header("x-gateway-provider")).isEqualTo("groq");
  }

  @Test
  void sticky() {
    use("sticky");
    List<String> chosen = new ArrayList<>();
    for (int session = 0; session < 20; session++) {
      String first = inSession(session);
      assertThat(inSession(session)).isEqualTo(first);
      chosen.add(first);
    }

    assertThat(chosen).contains("groq", "together");
    GROQ.always(Behaviour.status(503));
    for (int session = 0; session < 8; session++) {
      assertThat(inSession(session)).isEqualTo("together");
    }
    String caller = ask(LLAMA, false).header("x-gateway-provider");
    assertThat(caller).isEqualTo("together");
  }

  private String inSession(int session) {
    Reply reply =
        Http.send(
            Http.post(gateway, Http.CHAT, Http.body(LLAMA, false))
                .header("x-session-id", "conversation-" + session));
    return reply.header("x-gateway-provider");
  }

  @Test
  void canary() {
    use("canary");
    String first = ask(LLAMA, false).header("x-gateway-provider");
    for (int i = 0; i < 10; i++) {
      assertThat(ask(LLAMA, true).header("x-gateway-provider"))
          .as("a caller stays")
          .isEqualTo(first);
    }
  }

  @Test
  void shadow() {
    use("shadow");
    double requests = Metrics.of(gateway).value("aigateway_requests_total", "together");
    double tokens = Metrics.of(gateway).value("aigateway_tokens_total", "together");
    TOGETHER.always(
        Behaviour.stream(Duration.ofSeconds(1), "slow ", "and ", "never ", "seen")
            .slowFirstByte(Duration.ofSeconds(4))
            .usage(11, 4));

    for (boolean stream : new boolean[] {false, true}) {
      Reply reply = ask(LLAMA, stream);
      assertThat(TOGETHER.awaitCalls(stream ? 2 : 1, SOON))
          .as("nobody waits for the copy")
          .last()
          .matches(copy -> copy.state() == RecordedCall.State.OPEN);
      assertThat(reply.header("x-gateway-provider")).isEqualTo("groq");
      assertThat(reply.header("x-gateway-attempts")).isEqualTo("1");
    }

    for (RecordedCall copy : TOGETHER.awaitCalls(2, SOON)) {
      assertThat(copy.json().path("model").asText())
          .isEqualTo("meta-llama/Llama-3.3-70B-Instruct-Turbo");
      assertThat(copy.awaitEnd(Duration.ofSeconds(10))).isEqualTo(RecordedCall.State.ANSWERED);
    }
    Awaitility.await()
        .atMost(SOON)
        .until(() -> shadows("outcome=\"ok\",provider=\"together\"") == 2);
    Metrics metrics = Metrics.of(gateway);
    assertThat(metrics.value("aigateway_shadow_tokens_total", "type=\"output\"")).isEqualTo(8);
    assertThat(metrics.value("aigateway_shadow_duration_seconds_count", "together")).isEqualTo(2);
    assertThat(metrics.value("aigateway_requests_total", "together")).isEqualTo(requests);
    assertThat(metrics.value("aigateway_tokens_total", "together")).isEqualTo(tokens);

    // a failing copy is nobody's failure
    TOGETHER.always(Behaviour.status(500));
    ask(LLAMA, false);
    Awaitility.await()
        .atMost(SOON)
        .until(() -> shadows("outcome=\"server_error\",provider=\"together\"") == 1);
  }

  private double shadows(String labels) {
    return Metrics.of(gateway).value("aigateway_shadows_total", labels);
  }

  @Test
  void hedge() {
    use("hedge");
    double errors = Metrics.of(gateway).value("aigateway_provider_errors_total", "groq");
    int failures = breaker("groq").path("failures").asInt();
    GROQ.always(Behaviour.answer("never seen").slowFirstByte(Duration.ofSeconds(8)));
    for (boolean stream : new boolean[] {false, true}) {
      long began = System.nanoTime();
      Reply reply = ask(LLAMA, stream);
      assertThat(Duration.ofNanos(System.nanoTime() - began))
          .isBetween(Duration.ofMillis(750), Duration.ofSeconds(3));
      assertThat(reply.header("x-gateway-provider")).isEqualTo("together");
      assertThat(reply.header("x-gateway-attempts")).isEqualTo("2");
    }

    GROQ.awaitOpenCalls(0, Duration.ofMillis(500));
    assertThat(GROQ.calls()).hasSize(2).allMatch(RecordedCall::callerLeft);
    Metrics metrics = Metrics.of(gateway);
    assertThat(metrics.value("aigateway_hedges_total", "outcome=\"won\",provider=\"together\""))
        .isEqualTo(2);
    assertThat(metrics.value("aigateway_hedges_total", "outcome=\"lost\",provider=\"groq\""))
        .isEqualTo(2);
    assertThat(metrics.value("aigateway_hedge_loser_tokens_total", "groq")).isPositive();
    assertThat(metrics.value("aigateway_provider_errors_total", "groq")).isEqualTo(errors);
    assertThat(breaker("groq").path("failures").asInt()).isLessThanOrEqualTo(failures);
  }

  private JsonNode breaker(String provider) {
    for (JsonNode each : Http.get(gateway, "/health").json().path("providers")) {
      if (each.path("name").asText().equals(provider)) {
        return each.path("breaker");
      }
    }
    throw new AssertionError("no provider " + provider);
  }

  @Test
  void retries() {
    use("retries");
    double before = Metrics.of(gateway).value("aigateway_retries_total", "provider=\"openai\"");
    OPENAI.next(Behaviour.status(503), Behaviour.status(500));

    Reply reply = ask("openai/gpt-4o", false);

    assertThat(reply.header("x-gateway-attempts")).isEqualTo("3");
    assertThat(Metrics.of(gateway).value("aigateway_retries_total", "provider=\"openai\""))
        .isEqualTo(before + 2);
    OPENAI.clear().always(Behaviour.status(400));
    assertThat(Http.chat(gateway, "openai/gpt-4o", false).status()).isEqualTo(400);
    assertThat(OPENAI.calls()).hasSize(1);
  }

  @Test
  void keyPool() {
    use("key-pool");
    OPENAI.always(
        call ->
            "Bearer sk-canary-one".equals(call.header("authorization"))
                ? Behaviour.status(429).header("retry-after", "60")
                : Behaviour.answer("Hello from the fake provider."));
    for (int i = 0; i < 6; i++) {
      ask("gpt-4o", i % 2 == 0);
    }

    assertThat(
            OPENAI.calls().stream()
                .filter(call -> "Bearer sk-canary-one".equals(call.header("authorization"))))
        .as("left alone after its 429")
        .hasSize(1);
    assertThat(breaker("openai").path("state").asText()).isEqualTo("closed");
    String health = Http.get(gateway, "/health").body();
    assertThat(health).contains("OPENAI_API_KEY_2").doesNotContain("canary");
    assertThat(
            Metrics.of(gateway)
                .value("aigateway_circuit_breaker_state", "provider=\"openai/OPENAI_API_KEY\""))
        .isEqualTo(2);

    // when the other one is throttled too
    OPENAI.always(Behaviour.status(429).header("retry-after", "30"));
    assertThat(Http.chat(gateway, "gpt-4o", false).status()).isEqualTo(429);
    Reply none = Http.chat(gateway, "gpt-4o", false);
    assertThat(none.status()).isEqualTo(503);
    assertThat(Integer.parseInt(none.header("retry-after"))).isBetween(20, 30);
  }

  @Test
  void contextFallback() {
    use("context-fallback");
    OPENAI.always(Behaviour.status(400, TOO_LONG));
    assertThat(ask("gpt-4o-mini", false).header("x-gateway-provider")).isEqualTo("anthropic");
    assertThat(ask("gpt-4o-mini", true).header("x-gateway-provider")).isEqualTo("anthropic");
    OPENAI.always(Behaviour.answer("never seen").errorEventFirst().message(TOO_LONG));
    assertThat(ask("gpt-4o-mini", true).header("x-gateway-provider")).isEqualTo("anthropic");
    assertThat(ANTHROPIC.lastCall().json().path("model").asText()).isEqualTo("claude-sonnet-4-5");
    assertThat(GROQ.calls()).as("its window is no larger").isEmpty();

    OPENAI.always(Behaviour.status(503));
    GROQ.always(Behaviour.status(400, TOO_LONG));
    assertThat(ask("gpt-4o-mini", false).header("x-gateway-provider")).isEqualTo("anthropic");
    GROQ.always(Behaviour.status(400));
    assertThat(Http.chat(gateway, "gpt-4o-mini", false).status()).isEqualTo(400);
  }

  @Test
  void concurrency() {
    use("concurrency");
    OPENAI.always(
        Behaviour.answer("Hello from the fake provider.").slowFirstByte(Duration.ofMillis(600)));
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      boolean stream = i % 2 == 0;
      replies.add(
          CompletableFuture.supplyAsync(
              () -> Http.chat(gateway, "gpt-4o", stream), task -> new Thread(task).start()));
    }
    List<Integer> statuses = replies.stream().map(reply -> reply.join().status()).sorted().toList();

    assertThat(statuses).containsExactly(200, 200, 200, 200, 503, 503);
    assertThat(OPENAI.mostOpenCalls()).isEqualTo(2);
    Reply refused =
        replies.stream()
            .map(CompletableFuture::join)
            .filter(r -> r.status() == 503)
            .findAny()
            .get();
    assertThat(refused.header("retry-after")).isEqualTo("1");
    assertThat(refused.body()).contains("no_provider_available");
    Metrics metrics = Metrics.of(gateway);
    assertThat(metrics.value("aigateway_queue_rejections_total", "openai")).isEqualTo(2);
    assertThat(metrics.value("aigateway_queue_length", "openai")).isZero();
    assertThat(metrics.value("aigateway_calls_under_way", "openai")).isZero();
  }
}
