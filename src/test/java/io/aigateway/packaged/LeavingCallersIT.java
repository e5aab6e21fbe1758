package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.ANTHROPIC;
import static io.aigateway.packaged.SharedGateway.FIRST;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static io.aigateway.packaged.SharedGateway.SPARE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.packaged.Http.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who pays when a caller leaves? Nobody: the provider's call ends with it, wherever it stood. */
class LeavingCallersIT {
  private static final Duration SOON = Duration.ofSeconds(5);

  /** What the contract gives for the upstream's end. */
  private static final Duration AT_ONCE = Duration.ofMillis(500);

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void leavingBeforeTheHeadersEndsTheProvidersCall(boolean stream) {
    OPENAI.always(Behaviour.hang());

    RawCaller caller = new RawCaller(GATEWAY).chat("gpt-4o", stream);
    OPENAI.awaitCalls(1, SOON);
    caller.close();

    OPENAI.awaitOpenCalls(0, AT_ONCE);
    assertThat(OPENAI.lastCall().callerLeft()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"gpt-4o, openai", "claude-sonnet-4-5, anthropic"})
  void leavingInSilenceEndsTheProvidersCall(String model, String provider) {
    var fake = provider.equals("openai") ? OPENAI : ANTHROPIC;
    fake.always(Behaviour.answer("one two three").silentAfter(2));

    try (RawCaller caller = new RawCaller(GATEWAY).chat(model, true)) {
      caller.awaitText("two");
    }

    fake.awaitOpenCalls(0, AT_ONCE);
  }

  @Test
  void leavingBeforeTheFirstContentEndsTheProvidersCall() {
    OPENAI.always(Behaviour.answer("one two").silentAfter(0));

    RawCaller caller = new RawCaller(GATEWAY).chat("gpt-4o", true);
    OPENAI.awaitCalls(1, SOON);
    await().atMost(SOON).until(() -> OPENAI.lastCall().bytesSent() > 0);
    caller.close();

    OPENAI.awaitOpenCalls(0, AT_ONCE);
  }

  @Test
  void leavingInTheMiddleOfAnEventEndsTheProvidersCall() {
    // given an event that never ends
    String half = "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"";
    OPENAI.always(
        Behaviour.raw(
                "text/event-stream",
                bytes(half + "one \"}}]}\n\n"),
                bytes(half),
                bytes("x".repeat(3000)),
                bytes("never"))
            .gap(Duration.ofSeconds(20)));

    try (RawCaller caller = new RawCaller(GATEWAY).chat("gpt-4o", true)) {
      caller.awaitText("one ");
    }

    OPENAI.awaitOpenCalls(0, AT_ONCE);
  }

  @Test
  void leavingDuringAFallbackEndsTheSecondCallAndMakesNoThird() {
    FIRST.always(Behaviour.status(503));
    SPARE.always(Behaviour.hang());

    RawCaller caller = new RawCaller(GATEWAY).chat("chain-model", true);
    SPARE.awaitCalls(1, SOON);
    caller.close();

    SPARE.awaitOpenCalls(0, AT_ONCE);
    assertThat(FIRST.calls()).hasSize(1);
    assertThat(SPARE.calls()).hasSize(1);
  }

  @Test
  void leavingBeforeTheFirstTargetFailsStartsNoFallback() {
    FIRST.always(Behaviour.hang());

    RawCaller caller = new RawCaller(GATEWAY).chat("chain-model", true);
    FIRST.awaitCalls(1, SOON);
    caller.close();

    FIRST.awaitOpenCalls(0, AT_ONCE);
    // a later call proves that the earlier one is over
    assertThat(Http.chat(GATEWAY, "gpt-4o", false).status()).isEqualTo(200);
    assertThat(SPARE.calls()).isEmpty();
  }

  @Test
  void leavingInTheMiddleOfTheOwnBodyIsHarmless() {
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
              + GatewayProcess.KEY
              + "\r\ncontent-length: 1000\r\n\r\n{\"model\":");
    }

    assertThat(Http.chat(GATEWAY, "gpt-4o", false).status()).isEqualTo(200);
    assertThat(OPENAI.calls()).hasSize(1);
    assertThat(GATEWAY.log()).doesNotContain(" ERROR ");
  }

  @Test
  void twoHundredStreamsThatLeaveAreClosedASecondLater() {
    // given
    OPENAI.always(Behaviour.answer("one two three four").silentAfter(3));
    List<RawCaller> callers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      callers.add(new RawCaller(GATEWAY).chat("gpt-4o", true));
    }
    callers.forEach(caller -> caller.awaitText("three"));
    assertThat(OPENAI.openCalls()).isEqualTo(200);
    assertThat(activeStreams()).isEqualTo(200);

    // when
    callers.forEach(RawCaller::close);

    // then
    OPENAI.awaitOpenCalls(0, Duration.ofSeconds(1));
    await().atMost(SOON).until(() -> activeStreams() == 0);
  }

  private static double activeStreams() {
    return Metrics.of(GATEWAY).value("aigateway_active_streams", "");
  }

  @Test
  void leavingIsNoError() {
    Metrics before = Metrics.of(GATEWAY);
    OPENAI.always(Behaviour.hang());

    RawCaller caller = new RawCaller(GATEWAY).chat("gpt-4o", false);
    OPENAI.awaitCalls(1, SOON);
    caller.close();
    OPENAI.awaitOpenCalls(0, AT_ONCE);

    await()
        .atMost(SOON)
        .until(
            () ->
                Metrics.of(GATEWAY).value("aigateway_requests_total", "status=\"499\"")
                    > before.value("aigateway_requests_total", "status=\"499\""));
    assertThat(Metrics.of(GATEWAY).value("aigateway_provider_errors_total", "openai"))
        .isEqualTo(before.value("aigateway_provider_errors_total", "openai"));
  }

  @Test
  void slowReaderPausesItsProviderAndNobodyElse() {
    // given an answer much larger than all buffers on its way
    int events = 2000;
    String[] pieces = new String[events];
    java.util.Arrays.fill(pieces, "x".repeat(16 * 1024));
    OPENAI.always(
        call ->
            call.json().path("stream").asBoolean()
                ? Behaviour.stream(Duration.ZERO, pieces)
                : Behaviour.answer("at once"));

    try (RawCaller slow = new RawCaller(GATEWAY, 8 * 1024).chat("gpt-4o", true)) {
      // when it does not read
      OPENAI.awaitCalls(1, SOON);
      var call = OPENAI.lastCall();
      long[] last = {-1};
      await()
          .pollInterval(Duration.ofMillis(300))
          .atMost(Duration.ofSeconds(10))
          .until(
              () -> {
                long now = call.bytesSent();
                boolean still = now > 0 && now == last[0];
                last[0] = now;
                return still;
              });

      // then
      assertThat(call.bytesSent()).isLessThan(events * 16L * 1024 / 2);
      Reply other = Http.chat(GATEWAY, "gpt-4o", false);
      assertThat(other.text()).isEqualTo("at once");

      // and when it reads on, it gets everything
      slow.awaitText("[DONE]");
    }
    OPENAI.awaitOpenCalls(0, SOON);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
