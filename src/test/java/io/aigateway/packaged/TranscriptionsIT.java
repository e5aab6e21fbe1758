package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.FIRST;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static io.aigateway.packaged.SharedGateway.SPARE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.packaged.Http.Reply;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Does a recording flow through to its provider, and what was said in it back? */
class TranscriptionsIT {
  private static final String PATH = "/v1/audio/transcriptions";
  private static final Duration SOON = Duration.ofSeconds(5);

  @BeforeEach
  void reset() {
    SharedGateway.reset();
    OPENAI.always(Behaviour.json("{\"text\":\"hello\"}"));
  }

  private static String field(String name, String value) {
    return "--cut\r\nContent-Disposition: form-data; name=\""
        + name
        + "\"\r\n\r\n"
        + value
        + "\r\n";
  }

  private static String file(int size) {
    return "--cut\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n"
        + "Content-Type: audio/wav\r\n\r\n"
        + "0123456789\r\n--cu\r".repeat(size / 17)
        + "\r\n";
  }

  private static Reply post(String body, boolean chunked) {
    byte[] bytes = body.getBytes(UTF_8);
    return Http.send(
        Http.request(GATEWAY.uri(PATH))
            .header("content-type", "multipart/form-data; boundary=cut")
            .POST(
                chunked
                    ? BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes))
                    : BodyPublishers.ofByteArray(bytes)));
  }

  @ParameterizedTest
  @CsvSource({"true, false", "true, true", "false, false", "false, true"})
  void formArrivesByteByByteWithTheModelsNameReplaced(boolean modelFirst, boolean chunked) {
    String model = field("model", "openai/whisper-1");
    String file = file(5 << 20);
    String form =
        (modelFirst ? model + file : file + model) + field("stream", "no") + "--cut--\r\n";

    Reply reply = post(form, chunked);

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.body()).isEqualTo("{\"text\":\"hello\"}");
    assertThat(reply.header("x-gateway-model")).isEqualTo("whisper-1");
    var call = OPENAI.lastCall();
    String expected = form.replace("openai/whisper-1", "whisper-1");
    assertThat(call.text().equals(expected)).isTrue();
    assertThat(call.path()).isEqualTo(PATH);
    assertThat(call.header("content-type")).isEqualTo("multipart/form-data; boundary=cut");
    assertThat(call.header("content-length"))
        .isEqualTo(chunked ? null : Integer.toString(expected.length()));
  }

  @Test
  void providerHearsTheBeginningBeforeTheCallerHasSentTheEnd() {
    String begin = field("model", "whisper-1") + file(200_000);
    String end = "--cut--\r\n";
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(
          "POST "
              + PATH
              + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
              + GatewayProcess.KEY
              + "\r\ncontent-type: multipart/form-data; boundary=cut\r\ncontent-length: "
              + (begin.length() + end.length())
              + "\r\n\r\n"
              + begin);

      OPENAI.awaitReceived(begin.length(), SOON);
      assertThat(OPENAI.calls()).isEmpty();
      caller.send(end).awaitText("{\"text\":\"hello\"}");
    }
    assertThat(OPENAI.lastCall().text()).isEqualTo(begin + end);
  }

  @Test
  void callerWaitsForAProviderThatReadsSlowly() throws InterruptedException {
    int pieces = 400;
    String piece = "x".repeat(64 * 1024);
    String begin = field("model", "whisper-1") + file(100).stripTrailing();
    String end = "\r\n--cut--\r\n";
    AtomicInteger sent = new AtomicInteger();
    OPENAI.deafen();
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(
          "POST "
              + PATH
              + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
              + GatewayProcess.KEY
              + "\r\ncontent-type: multipart/form-data; boundary=cut\r\ncontent-length: "
              + (begin.length() + pieces * piece.length() + end.length())
              + "\r\n\r\n"
              + begin);
      Thread sender =
          new Thread(
              () -> {
                for (int i = 0; i < pieces; i++) {
                  caller.send(piece);
                  sent.incrementAndGet();
                }
                caller.send(end);
              });
      sender.start();

      // when nothing moves any more
      int[] last = {-1};
      await()
          .pollInterval(Duration.ofMillis(500))
          .atMost(Duration.ofSeconds(15))
          .until(
              () -> {
                int before = last[0];
                last[0] = sent.get();
                return last[0] > 0 && last[0] == before;
              });
      assertThat(sent.get()).isLessThan(pieces);

      OPENAI.hear();
      sender.join(10_000);
      caller.awaitText("{\"text\":\"hello\"}");
    } finally {
      OPENAI.hear();
    }
    assertThat(OPENAI.lastCall().text().equals(begin + piece.repeat(pieces) + end)).isTrue();
  }

  @Test
  void leavingInTheMiddleEndsTheProvidersCall() {
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(
          "POST "
              + PATH
              + " HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
              + GatewayProcess.KEY
              + "\r\ncontent-type: multipart/form-data; boundary=cut\r\ncontent-length: 9000\r\n\r\n"
              + field("model", "whisper-1")
              + file(1000));
      OPENAI.awaitReceived(1000, SOON);
    }

    OPENAI.awaitOpenCalls(0, SOON);
    assertThat(OPENAI.lastCall().callerLeft()).isTrue();
  }

  @Test
  void eventsComeAsTheyAre() {
    String events =
        "event: transcript.text.delta\ndata: {\"type\":\"transcript.text.delta\",\"delta\":\"hi\"}\n\n"
            + "data: {\"type\":\"transcript.text.done\",\"text\":\"hi\",\"usage\":"
            + "{\"input_tokens\":3,\"output_tokens\":1}}\n\n";
    OPENAI.always(Behaviour.raw("text/event-stream", events.getBytes(UTF_8)));

    Reply reply =
        post(
            field("model", "gpt-4o-transcribe") + file(100) + field("stream", "true") + "--cut--",
            false);

    assertThat(reply.header("content-type")).startsWith("text/event-stream");
    assertThat(reply.body()).isEqualTo(events);
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain; charset=utf-8", "application/x-subrip", "text/vtt"})
  void textKeepsItsType(String type) {
    OPENAI.always(Behaviour.raw(type, "1\n00:00 --> 00:01\nhi\n".getBytes(UTF_8)));

    Reply reply = post(field("model", "whisper-1") + file(100) + "--cut--", false);

    assertThat(reply.header("content-type")).isEqualTo(type);
    assertThat(reply.body()).isEqualTo("1\n00:00 --> 00:01\nhi\n");
  }

  @Test
  void nextTargetServesOnlyWhileNothingWasSent() {
    SPARE.always(Behaviour.json("{\"text\":\"spare\"}"));
    String form = field("model", "chain-whisper") + file(100_000) + "--cut--";

    FIRST.refuse();
    assertThat(post(form, false).body()).isEqualTo("{\"text\":\"spare\"}");
    assertThat(SPARE.lastCall().text()).isEqualTo(form);
    FIRST.accept().always(Behaviour.status(503));

    assertThat(post(form, false).status()).isEqualTo(502);
    assertThat(SPARE.calls()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bodyOf33MebibytesIsTooLarge(boolean chunked) {
    Reply reply = post(field("model", "whisper-1") + file(33 << 20) + "--cut--", chunked);

    assertThat(reply.status()).isEqualTo(413);
    OPENAI.awaitOpenCalls(0, SOON);
  }
}
