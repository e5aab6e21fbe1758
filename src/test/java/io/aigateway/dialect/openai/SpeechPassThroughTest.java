package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestHead;
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
    assertThatThrownBy(() -> straight.inspect(new byte[0]))
        .isInstanceOf(MalformedReplyException.class);
  }
}
