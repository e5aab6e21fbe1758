package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.FIRST;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static io.aigateway.packaged.SharedGateway.SPARE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.fake.Behaviour;
import io.aigateway.packaged.Http.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Does a spoken text reach its caller while it is spoken? */
class SpeechIT {
  private static final String PATH = "/v1/audio/speech";
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration AT_ONCE = Duration.ofMillis(500);

  /** Longer than any test waits. */
  private static final Duration NEVER = Duration.ofSeconds(40);

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  private static String body(String model) {
    return "{\"model\":\"" + model + "\",\"input\":\"Hello\",\"voice\":\"alloy\"}";
  }

  private static RawCaller ask(String model) {
    String body = body(model);
    return new RawCaller(GATEWAY)
        .send(
            "POST "
                + PATH
                + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                + GatewayProcess.KEY
                + "\r\ncontent-type: application/json\r\ncontent-length: "
                + body.length()
                + "\r\n\r\n"
                + body);
  }

  private static Reply post(String model) {
    return Http.send(
        Http.request(GATEWAY.uri(PATH))
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body(model))));
  }

  private static Behaviour sound(String... pieces) {
    byte[][] all = new byte[pieces.length][];
    for (int i = 0; i < pieces.length; i++) {
      all[i] = pieces[i].getBytes(UTF_8);
    }
    return Behaviour.raw("audio/mpeg", all);
  }

  @Test
  void soundArrivesWhileTheProviderStillSpeaks() {
    OPENAI.always(sound("-one-", "-two-").gap(NEVER));

    try (RawCaller caller = ask("tts-1")) {
      caller.awaitText("-one-");
      assertThat(caller.heard()).contains("content-type: audio/mpeg", "x-gateway-provider: openai");
      assertThat(OPENAI.openCalls()).isEqualTo(1);
    }
  }

  @Test
  void soundOfAKnownLengthArrivesUnchanged() {
    String all = "0123456789".repeat(100_000);
    OPENAI.always(sound(all));

    Reply reply = post("openai/tts-1");

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("content-type")).isEqualTo("audio/mpeg");
    assertThat(reply.body().equals(all)).isTrue();
    assertThat(OPENAI.lastCall().text()).isEqualTo(body("tts-1"));
  }

  @Test
  void eventsArriveAsTheyAreSent() {
    String delta = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAAA\"}\n\n";
    String done =
        "data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":3,\"output_tokens\":9,"
            + "\"total_tokens\":12}}\n\n";
    OPENAI.always(Behaviour.raw("text/event-stream", delta.getBytes(UTF_8), done.getBytes(UTF_8)));

    Reply reply = post("gpt-4o-mini-tts");

    assertThat(reply.header("content-type")).startsWith("text/event-stream");
    assertThat(reply.body()).isEqualTo(delta + done);
  }

  @Test
  void eventsThatBreakOffEndWithAnErrorEvent() {
    String delta = "data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAAA\"}\n\n";
    OPENAI.always(
        Behaviour.raw("text/event-stream", delta.getBytes(UTF_8), delta.getBytes(UTF_8))
            .cutAfter(1));

    Reply reply = post("gpt-4o-mini-tts");

    assertThat(reply.body()).startsWith(delta).contains("\"upstream_error\"");
  }

  @Test
  void soundThatBreaksOffNeverLooksWhole() {
    OPENAI.always(sound("-one-", "-two-").cutAfter(1));

    try (RawCaller caller = ask("tts-1")) {
      caller.awaitText("-one-");
      assertThat(caller.isClosedWithin(SOON)).isTrue();
      assertThat(caller.heard()).doesNotContain("\r\n0\r\n", "error", "[DONE]");
    }
  }

  @Test
  void leavingEndsTheProvidersCall() {
    OPENAI.always(sound("-one-", "-two-").gap(NEVER));

    try (RawCaller caller = ask("tts-1")) {
      caller.awaitText("-one-");
    }

    OPENAI.awaitOpenCalls(0, AT_ONCE);
    assertThat(OPENAI.lastCall().callerLeft()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"503", "empty", "html", "json", "cut"})
  void whatFailsBeforeTheFirstSoundGoesToTheNextTarget(String failure) {
    FIRST.always(
        switch (failure) {
          case "503" -> Behaviour.status(503);
          case "empty" -> Behaviour.raw("audio/mpeg", new byte[0]);
          case "html" -> Behaviour.html();
          case "json" -> Behaviour.json("{\"error\":{\"message\":\"no\"}}");
          default -> Behaviour.cut();
        });
    SPARE.always(sound("spoken"));

    Reply reply = post("chain-tts");

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("spoken");
    assertThat(reply.header("x-gateway-provider")).isEqualTo("spare");
    assertThat(FIRST.calls()).isNotEmpty();
  }
}
