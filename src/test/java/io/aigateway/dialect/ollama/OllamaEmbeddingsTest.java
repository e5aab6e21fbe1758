package io.aigateway.dialect.ollama;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.chat.Usage;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OllamaEmbeddingsTest {
  private final OllamaEmbeddings dialect = new OllamaEmbeddings();

  @Test
  void textsGoTogether() {
    UpstreamRequest request =
        dialect.write(
            new EmbedRequest("nomic", List.of("a", "b"), false, 8, true, List.of("user")));
    assertThat(request.path()).isEqualTo("/api/embed");
    assertThat(new String(request.body(), UTF_8))
        .isEqualTo("{\"model\":\"nomic\",\"input\":[\"a\",\"b\"],\"dimensions\":8}");
    assertThat(request.dropped()).containsExactly("user");
  }

  @Test
  void wholeNumbersAreNumbersToo() {
    EmbedReply reply =
        dialect.read(
            "{\"model\":\"nomic\",\"embeddings\":[[1,-0.5],[0,2e-3]],\"prompt_eval_count\":5}"
                .getBytes(UTF_8));
    assertThat(reply.model()).isEqualTo("nomic");
    assertThat(reply.vectors()).containsExactly(new float[] {1, -0.5f}, new float[] {0, 0.002f});
    assertThat(reply.usage()).isEqualTo(new Usage(5, 0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "<html>",
        "{}",
        "{\"embeddings\":[1]}",
        "{\"embeddings\":[[]]}",
        "{\"embeddings\":[[\"1\"]]}",
        "{\"embeddings\":[[1e99]]}"
      })
  void whatIsNoAnswerIsMalformed(String body) {
    assertThatThrownBy(() -> dialect.read(body.getBytes(UTF_8)))
        .isInstanceOf(MalformedReplyException.class);
  }
}
