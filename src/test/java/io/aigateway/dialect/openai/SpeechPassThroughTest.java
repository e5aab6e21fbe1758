package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.chat.Usage;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestHead;
import io.aigateway.wire.Frame;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class SpeechPassThroughTest {
  private final SpeechPassThrough straight = new SpeechPassThrough();

  @Test
  void onlyTheModelChangesOnTheWay() {
    byte[] body = "{\"model\":\"p/tts-1\",\"input\":\"hi\",\"speed\":1.0}".getBytes(UTF_8);
    RequestHead head = new OpenAiCaller().head(body, Operation.SPEECH);
    var request = straight.request(body, head, "tts-1");
    assertThat(request.path()).isEqualTo("/audio/speech");
    assertThat(new String(request.body(), UTF_8))
        .isEqualTo("{\"model\":\"tts-1\",\"input\":\"hi\",\"speed\":1.0}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"audio/mpeg", "application/octet-stream"})
  void soundKeepsItsType(String type) {
    assertThat(straight.contentType(type)).isEqualTo(type);
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"text/html; charset=utf-8", "application/json"})
  void whatIsNoSoundIsMalformed(String type) {
    assertThatThrownBy(() -> straight.contentType(type))
        .isInstanceOf(MalformedReplyException.class);
    assertThatThrownBy(() -> straight.streams(type)).isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void soundIsHandedOnAsItComesAndEventsOneByOne() {
    assertThat(straight.streams("audio/wav")).isEqualTo(Framing.AS_IT_COMES);
    assertThat(straight.streams("text/event-stream; charset=utf-8"))
        .isEqualTo(Framing.SERVER_SENT_EVENTS);

    byte[] bytes = {'{', 0, 1};
    var facts = straight.reader(Framing.AS_IT_COMES).read(new Frame(bytes, null, bytes));
    assertThat(facts.content()).isTrue();
    assertThat(facts.end()).isFalse();

    byte[] done = "{\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":3}}".getBytes(UTF_8);
    var last = straight.reader(Framing.SERVER_SENT_EVENTS).read(new Frame(done, null, done));
    assertThat(last.end()).isTrue();
    assertThat(last.usage()).isEqualTo(new Usage(3, 0));
  }
}
