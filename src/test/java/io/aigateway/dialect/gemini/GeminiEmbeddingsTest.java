package io.aigateway.dialect.gemini;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.embed.EmbedRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GeminiEmbeddingsTest {
  private final GeminiEmbeddings dialect = new GeminiEmbeddings();

  @Test
  void oneTextIsEmbeddedAlone() {
    UpstreamRequest request = dialect.write(request("models/gemini-embedding-001", List.of("a")));
    assertThat(request.path()).isEqualTo("/models/gemini-embedding-001:embedContent");
    assertThat(new String(request.body(), UTF_8))
        .isEqualTo(
            "{\"model\":\"models/gemini-embedding-001\",\"content\":{\"parts\":[{\"text\":\"a\"}]},"
                + "\"outputDimensionality\":3}");
    assertThat(dialect.read("{\"embedding\":{\"values\":[1,0.5]}}".getBytes(UTF_8)).vectors())
        .containsExactly(new float[] {1, 0.5f});
  }

  @Test
  void severalTextsGoTogether() {
    UpstreamRequest request = dialect.write(request("m", List.of("a", "b")));
    assertThat(request.path()).isEqualTo("/models/m:batchEmbedContents");
    assertThat(new String(request.body(), UTF_8))
        .startsWith("{\"requests\":[{\"model\":\"models/m\",\"content\"");
    assertThat(
            dialect
                .read("{\"embeddings\":[{\"values\":[1]},{\"values\":[2]}]}".getBytes(UTF_8))
                .vectors())
        .containsExactly(new float[] {1}, new float[] {2});
  }

  @Test
  void modelsNameLeadsToNoOtherPath() {
    assertThat(dialect.write(request("../x?y#z", List.of("a"))).path())
        .isEqualTo("/models/..%2Fx%3Fy%23z:embedContent");
  }

  @ParameterizedTest
  @ValueSource(strings = {"<html>", "{}", "{\"embedding\":{}}", "{\"embeddings\":[{}]}"})
  void whatIsNoAnswerIsMalformed(String body) {
    assertThatThrownBy(() -> dialect.read(body.getBytes(UTF_8)))
        .isInstanceOf(MalformedReplyException.class);
  }

  private static EmbedRequest request(String model, List<String> texts) {
    return new EmbedRequest(model, texts, false, 3, false, List.of());
  }
}
