package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.RequestHead.Span;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TranscriptionPassThroughTest {
  private final TranscriptionPassThrough straight = new TranscriptionPassThrough();

  @Test
  void onlyAnotherModelChangesTheForm() {
    byte[] form = "--b\r\n\r\np/whisper\r\n--b".getBytes(UTF_8);
    RequestHead head =
        new RequestHead(
            "p/whisper", false, false, 1, List.of(new Span(7, 16)), Span.ABSENT, Span.ABSENT);

    assertThat(straight.request(form, head, "p/whisper").body()).isSameAs(form);
    assertThat(new String(straight.request(form, head, "wé").body(), UTF_8))
        .isEqualTo("--b\r\n\r\nwé\r\n--b");
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "text/plain; charset=utf-8", "text/vtt", "x/Y; a=B"})
  void transcriptKeepsItsType(String type) {
    assertThat(straight.contentType(type)).isEqualTo(type);
  }

  @Test
  void transcriptWithoutATypeIsText() {
    assertThat(straight.contentType(null)).isEqualTo("text/plain; charset=utf-8");
  }

  @Test
  void pageIsMalformed() {
    assertThatThrownBy(() -> straight.contentType("Text/HTML; charset=utf-8"))
        .isInstanceOf(MalformedReplyException.class);
    assertThatThrownBy(() -> straight.inspect("{\"error\":{}}".getBytes(UTF_8)))
        .isInstanceOf(MalformedReplyException.class);
  }

  @Test
  void usageIsReadWhereItIsTold() {
    byte[] json =
        "{\"text\":\"x\",\"usage\":{\"type\":\"tokens\",\"input_tokens\":14,\"output_tokens\":3}}"
            .getBytes(UTF_8);

    assertThat(straight.inspect(json).usage()).isNotNull();
    assertThat(straight.inspect("hi".getBytes(UTF_8)).usage()).isNull();
  }
}
