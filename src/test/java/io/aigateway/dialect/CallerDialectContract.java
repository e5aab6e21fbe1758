package io.aigateway.dialect;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseSplitter;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** What every caller's dialect must keep to, whatever its words are. */
public abstract class CallerDialectContract {
  protected static final Envelope ENVELOPE =
      new Envelope("req-1", "demo", "demo-1", 1_750_000_000L, true, 1, () -> 12L);

  /** The dialect under test. */
  protected abstract CallerDialect dialect();

  /** A small, valid request for the model {@code some-model}; written by hand, with odd spaces. */
  protected abstract String request();

  /** A valid request that uses all that the dialect knows. */
  protected abstract String richRequest();

  @Test
  void headFindsTheModelAndItsPlace() {
    // given
    byte[] body = request().getBytes(UTF_8);
    // when
    RequestHead head = dialect().head(body);
    // then
    assertThat(head.model()).isEqualTo("some-model");
    assertThat(head.choices()).isEqualTo(1);
    assertThat(head.modelSpans()).hasSize(1);
    RequestHead.Span span = head.modelSpans().get(0);
    assertThat(new String(body, span.start(), span.end() - span.start(), UTF_8))
        .isEqualTo("\"some-model\"");
  }

  @Test
  void headAndReadAgree() {
    byte[] body = richRequest().getBytes(UTF_8);
    RequestHead head = dialect().head(body);
    var request = dialect().read(body);
    assertThat(request.model()).isEqualTo(head.model());
    assertThat(request.stream()).isEqualTo(head.stream());
    assertThat(request.streamUsage()).isEqualTo(head.streamUsage());
  }

  @Test
  void bodyThatIsNotOneJsonObjectIsRefused() {
    for (String body :
        List.of(
            "",
            " ",
            "null",
            "[]",
            "\"text\"",
            "{",
            "<html>",
            request() + "}",
            request() + " {}",
            request().substring(0, request().length() - 2),
            "{\"a\":" + "[".repeat(5000) + "]".repeat(5000) + "}")) {
      refused(body.getBytes(UTF_8));
    }
  }

  @Test
  void bodyInAnotherEncodingIsRefused() {
    refused(request().getBytes(java.nio.charset.StandardCharsets.UTF_16LE));
    refused(request().getBytes(java.nio.charset.StandardCharsets.UTF_16));
    byte[] body = request().getBytes(UTF_8);
    int place = request().indexOf("some-model");
    body[place] = (byte) 0xc0;
    refused(body);
  }

  @Test
  void missingModelIsNamed() {
    byte[] body = request().replace("\"model\"", "\"modell\"").getBytes(UTF_8);
    assertThatThrownBy(() -> dialect().head(body))
        .isInstanceOfSatisfying(
            RequestException.class, e -> assertThat(e.error().param()).isEqualTo("model"));
  }

  @Property(tries = 400)
  void brokenRequestsAreRefusedAndNothingElse(@ForAll long seed) {
    byte[] body = Mutations.of(richRequest(), seed);
    try {
      dialect().head(body);
    } catch (RequestException e) {
      assertThat(e.error().status()).isEqualTo(400);
      assertThat(e.getMessage()).doesNotContain("jackson", "StreamRead", "REDACTED");
    }
    try {
      dialect().read(body);
    } catch (RequestException e) {
      assertThat(e.error().status()).isEqualTo(400);
    }
  }

  @Test
  void wholeAnswerIsOneJsonObjectWithTheGatewaysField() throws JsonProcessingException {
    ChatReply reply =
        new ChatReply(
            null,
            null,
            List.of(
                new ChatReply.Choice(
                    0, List.of(new Content.Text("Hi \uD83D")), FinishReason.STOP, null, null)),
            new Usage(3, 2));
    JsonNode json = Json.read(dialect().write(reply, ENVELOPE));
    assertThat(json.path("id").asText()).isNotEmpty();
    assertThat(json.path("model").asText()).isEqualTo("demo-1");
    assertThat(json.path("x_gateway").path("provider").asText()).isEqualTo("demo");
    assertThat(json.path("x_gateway").path("latency_ms").asLong()).isEqualTo(12);
    assertThat(json.path("x_gateway").path("request_id").asText()).isEqualTo("req-1");
  }

  @Test
  void everyFrameOfAStreamIsWellFormed() throws JsonProcessingException {
    for (Frame frame :
        frames(
            new ChatEvent.Start(null, null),
            new ChatEvent.Ping(),
            new ChatEvent.Thinking(0, "hm"),
            new ChatEvent.Text(0, "a\uD83D"),
            new ChatEvent.ToolCallStart(0, 0, "call_1", "f"),
            new ChatEvent.ToolCallArguments(0, 0, "{}"),
            new ChatEvent.Finish(0, FinishReason.TOOL_CALLS, null),
            new ChatEvent.UsageReport(new Usage(1, 2)),
            new ChatEvent.End())) {
      String data = new String(frame.data(), UTF_8);
      if (!data.isEmpty() && !data.equals("[DONE]")) {
        assertThat(Json.read(data).isObject()).isTrue();
      }
    }
  }

  @Test
  void errorTellsItsMessage() throws JsonProcessingException {
    ApiError error = ApiError.invalid("model", "no \"such\" model\n");
    JsonNode json = Json.read(dialect().error(error, "req-1"));
    assertThat(json.path("error").path("message").asText()).isEqualTo(error.message());
    assertThat(json.path("error").path("type").asText()).isNotEmpty();
  }

  @Test
  void errorWithinAStreamIsOneEvent() throws JsonProcessingException {
    ApiError error = new ApiError(502, "upstream_error", null, "broke\n\noff");
    List<Frame> frames = split(dialect().errorEvent(error, "req-1"));
    assertThat(frames).hasSize(1);
    JsonNode json = Json.read(frames.get(0).data());
    assertThat(json.path("error").path("message").asText()).isEqualTo(error.message());
  }

  /** What one stream of these events is, as frames. */
  protected List<Frame> frames(ChatEvent... events) {
    return frames(ENVELOPE, events);
  }

  protected List<Frame> frames(Envelope envelope, ChatEvent... events) {
    CallerDialect.EventWriter writer = dialect().events(envelope);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (ChatEvent event : events) {
      byte[] bytes = writer.write(event);
      if (bytes != null) {
        assertThat(bytes).isNotEmpty();
        all.writeBytes(bytes);
      }
    }
    return split(all.toByteArray());
  }

  protected static List<Frame> split(byte[] stream) {
    List<Frame> frames = new ArrayList<>();
    SseSplitter splitter = new SseSplitter(1 << 20);
    splitter.feed(stream, frames::add);
    int complete = frames.size();
    splitter.end(frames::add);
    assertThat(frames).hasSize(complete);
    return frames;
  }

  private void refused(byte[] body) {
    for (Runnable reading :
        List.<Runnable>of(() -> dialect().head(body), () -> dialect().read(body))) {
      assertThatThrownBy(reading::run)
          .as(new String(body, 0, Math.min(60, body.length), UTF_8))
          .isInstanceOfSatisfying(
              RequestException.class,
              e -> {
                assertThat(e.error().status()).isEqualTo(400);
                assertThat(e.error().type()).isEqualTo("invalid_request_error");
                assertThat(e.getMessage()).isNotBlank().doesNotContain("jackson", "REDACTED");
              });
    }
  }

  /** Ways in which bytes go wrong on their way. */
  public static final class Mutations {
    private static final String[] PIECES = {
      "null",
      "{}",
      "[]",
      "\"\"",
      "0",
      "-1",
      "1e999",
      "true",
      "\"x\"",
      "99999999999999999999",
      "[[]]"
    };

    private Mutations() {}

    /** The text with one to three random wounds; the same for the same seed. */
    public static byte[] of(String text, long seed) {
      Random random = new Random(seed);
      byte[] bytes = text.getBytes(UTF_8);
      for (int i = random.nextInt(3); i >= 0 && bytes.length > 2; i--) {
        int at = random.nextInt(bytes.length);
        switch (random.nextInt(4)) {
          case 0 -> bytes[at] = (byte) random.nextInt(256);
          case 1 -> bytes = Arrays.copyOf(bytes, at);
          case 2 -> {
            int end = Math.min(bytes.length, at + 1 + random.nextInt(12));
            bytes = joined(bytes, at, new byte[0], end);
          }
          default -> bytes = value(bytes, at, PIECES[random.nextInt(PIECES.length)]);
        }
      }
      return bytes;
    }

    // Puts another value after a colon, so that the text mostly stays JSON.
    private static byte[] value(byte[] bytes, int from, String piece) {
      int start = from;
      while (start < bytes.length && bytes[start] != ':') {
        start++;
      }
      int end = start + 1;
      while (end < bytes.length && ",}]".indexOf(bytes[end]) < 0) {
        end++;
      }
      return end >= bytes.length ? bytes : joined(bytes, start + 1, piece.getBytes(UTF_8), end);
    }

    private static byte[] joined(byte[] bytes, int start, byte[] middle, int end) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.write(bytes, 0, start);
      all.writeBytes(middle);
      all.write(bytes, end, bytes.length - end);
      return all.toByteArray();
    }
  }
}
