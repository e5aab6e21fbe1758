package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.packaged.Http.Reply;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Is a failing provider left alone, and let in again? And are callers cut off who are too slow? On
 * a gateway of its own with a short open time and short limits.
 */
class BreakerIT {
  private static final Duration SOON = Duration.ofSeconds(5);

  private static final FakeProvider FAKE = new FakeProvider();
  private static GatewayProcess gateway = start();

  private static GatewayProcess start() {
    return GatewayProcess.gateway()
        .env("OPENAI_API_KEY", "sk-canary")
        .env("OPENAI_BASE_URL", FAKE.openAiUrl())
        .env("BREAKER_CONSECUTIVE_FAILURES", "3")
        .env("BREAKER_OPEN", "1")
        .env("BREAKER_CLOSE_AFTER", "2")
        .property("gateway.http.header-timeout", "500ms")
        .property("gateway.http.idle-timeout", "1500ms")
        .launch();
  }

  @BeforeAll
  static void ready() {
    gateway.awaitReady();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    FAKE.close();
  }

  @BeforeEach
  void reset() {
    FAKE.clear().always(Behaviour.answer("fine"));
  }

  @AfterEach
  void close() {
    FAKE.always(Behaviour.answer("fine"));
    await().atMost(SOON).until(BreakerIT::isClosedAgain);
  }

  private static boolean isClosedAgain() {
    try {
      return chat().status() == 200 && state().equals("closed");
    } catch (AssertionError e) {
      // the client's kept connection came to its idle time at this very moment
      return false;
    }
  }

  private static Reply chat() {
    return Http.chat(gateway, "gpt-4o", false);
  }

  private static JsonNode breaker() {
    return Http.get(gateway, "/health").json().path("providers").findParents("name").stream()
        .filter(provider -> provider.path("name").asText().equals("openai"))
        .findFirst()
        .orElseThrow()
        .path("breaker");
  }

  private static String state() {
    return breaker().path("state").asText();
  }

  /** Lets it fail until its breaker is open: also the quiet half second must be over. */
  private static void open() {
    FAKE.always(Behaviour.status(500));
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              chat();
              return state().equals("open");
            });
    FAKE.clear().always(Behaviour.answer("fine"));
  }

  @Test
  void openBreakerIsToldAndTheProviderLeftAlone() {
    open();

    Reply reply = chat();

    assertThat(reply.status()).isEqualTo(503);
    assertThat(reply.json().at("/error/code").asText()).isEqualTo("no_provider_available");
    assertThat(reply.header("retry-after")).isEqualTo("1");
    assertThat(FAKE.calls()).isEmpty();
    assertThat(Metrics.of(gateway).value("aigateway_circuit_breaker_state", "openai")).isEqualTo(2);
    JsonNode breaker = breaker();
    assertThat(breaker.path("reason").asText()).contains("server_error");
    assertThat(breaker.path("opened_by").asText()).isNotEmpty();
    assertThat(Instant.parse(breaker.path("since").asText()))
        .isBetween(Instant.now().minusSeconds(5), Instant.now());
    assertThat(Http.get(gateway, "/health").json().path("breakers")).contains(breaker);
  }

  @Test
  void oneProbeAtATimeAndTwoThatServeCloseIt() {
    // given
    open();
    FAKE.always(Behaviour.answer("probe").slowFirstByte(Duration.ofMillis(300)));
    await().atMost(SOON).until(() -> state().equals("half_open"));

    // when ten ask at the same time
    var replies =
        java.util.stream.IntStream.range(0, 10)
            .mapToObj(
                i ->
                    java.util.concurrent.CompletableFuture.supplyAsync(
                        BreakerIT::chat, task -> new Thread(task).start()))
            .toList();
    long served = replies.stream().filter(reply -> reply.join().status() == 200).count();

    // then
    assertThat(served).isEqualTo(1);
    assertThat(FAKE.calls()).hasSize(1);
    assertThat(state()).isEqualTo("half_open");
    assertThat(chat().status()).isEqualTo(200);
    assertThat(state()).isEqualTo("closed");
  }

  @Test
  void probeThatLeavesGivesItsPermitBack() {
    open();
    FAKE.next(Behaviour.answer("one two").silentAfter(1));
    await().atMost(SOON).until(() -> state().equals("half_open"));

    try (RawCaller caller = new RawCaller(gateway).chat("gpt-4o", true)) {
      caller.awaitText("one");
      assertThat(chat().status()).isEqualTo(503);
    }
    FAKE.awaitOpenCalls(0, Duration.ofMillis(500));

    assertThat(chat().status()).isEqualTo(200);
  }

  @Test
  void probeWhoseStreamBreaksOpensAgain() {
    open();
    FAKE.next(Behaviour.answer("one two").cutAfter(1));
    await().atMost(SOON).until(() -> state().equals("half_open"));

    Http.chat(gateway, "gpt-4o", true);

    assertThat(state()).isEqualTo("open");
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 403, 404, 422})
  void refusalsOfTheRequestNeverOpenIt(int status) {
    FAKE.always(Behaviour.status(status));

    for (int i = 0; i < 15; i++) {
      chat();
    }

    assertThat(FAKE.calls()).hasSize(15);
    assertThat(state()).isEqualTo("closed");
  }

  @Test
  void callersThatLeaveNeverOpenIt() {
    FAKE.always(Behaviour.answer("one two").silentAfter(1));

    for (int i = 0; i < 15; i++) {
      try (RawCaller caller = new RawCaller(gateway).chat("gpt-4o", true)) {
        caller.awaitText("one");
      }
    }

    FAKE.awaitOpenCalls(0, SOON);
    assertThat(state()).isEqualTo("closed");
  }

  @Test
  void refusedCredentialOpensAtOnce() {
    FAKE.always(Behaviour.status(401));

    chat();

    assertThat(state()).isEqualTo("open");
  }

  @Test
  void retryAfterLengthensTheOpenTime() {
    FAKE.always(Behaviour.status(429).header("retry-after", "2"));
    await()
        .atMost(SOON)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              chat();
              return state().equals("open");
            });

    Duration untilProbe =
        Duration.between(Instant.now(), Instant.parse(breaker().path("next_probe_at").asText()));
    assertThat(untilProbe.toMillis()).isBetween(1001L, 2000L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "GET /health HTTP/1.1\r\nhost: ", "POST /v1/chat/completions HTTP"})
  void headersThatDoNotComeAreCutOff(String start) {
    try (RawCaller caller = new RawCaller(gateway)) {
      caller.send(start);

      assertThat(caller.isClosedWithin(Duration.ofSeconds(3))).isTrue();
    }
  }

  @Test
  void idleConnectionIsClosedButNotBeforeItsTime() {
    try (RawCaller caller = new RawCaller(gateway)) {
      caller.send("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").awaitText("\"ok\"");

      assertThat(caller.isClosedWithin(Duration.ofMillis(900))).isFalse();
      assertThat(caller.isClosedWithin(Duration.ofSeconds(3))).isTrue();
    }
  }

  @Test
  void bodyThatStopsIsCutOff() {
    try (RawCaller caller = new RawCaller(gateway)) {
      caller.send(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
              + GatewayProcess.KEY
              + "\r\ncontent-length: 100\r\n\r\n{");

      assertThat(caller.isClosedWithin(Duration.ofSeconds(4))).isTrue();
    }
  }

  @Test
  void answerThatTakesLongerThanTheIdleTimeIsNotCut() {
    FAKE.always(Behaviour.answer("late").slowFirstByte(Duration.ofMillis(2200)));

    assertThat(chat().text()).isEqualTo("late");
  }
}
