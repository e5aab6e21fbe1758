package io.aigateway.dialect;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.wire.Json;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HintTest {
  private static final Content.Source PDF = new Content.Source.Base64("application/pdf", "AAAA");
  private static final Content.Source PNG = new Content.Source.Base64("image/png", "AAAA");

  @Test
  void everyHintIsFoundAlsoInResults() {
    Content.Document document = new Content.Document(PDF, "t", "c", true, Json.object());
    Content result =
        new Content.ToolResult("c1", List.of(document, new Content.Image(PNG, "low")), false);
    Content thought = new Content.Thinking("hm", null, null);

    assertThat(named(Set.of(), result, thought))
        .containsExactlyInAnyOrder(
            "cache_control",
            "messages.citations",
            "messages.document.context",
            "messages.file.filename",
            "messages.image_url.detail",
            "messages.reasoning_content");
    assertThat(named(EnumSet.allOf(Hint.class), result)).isEmpty();
  }

  @Test
  void whatSaysNothingIsNotNamed() {
    assertThat(
            named(
                Set.of(),
                new Content.Text("x"),
                new Content.Image(PNG, "auto"),
                new Content.Thinking(" ", "sig", null),
                new Content.Document(new Content.Source.PlainText("x"), "t", "c", false, null)))
        .isEmpty();
  }

  @Test
  void textOfADocumentBeginsWithWhatItIsCalled() {
    assertThat(text(new Content.Source.PlainText("x"), null, null)).isEqualTo("x");
    assertThat(text(new Content.Source.PlainText("x"), "Title", "Old."))
        .isEqualTo("Title\nOld.\n\nx");
    assertThat(text(new Content.Source.Base64("text/csv", "YTti"), "a.csv", null))
        .isEqualTo("a.csv\n\na;b");
    assertThat(text(PDF, "a.pdf", null)).isNull();
    assertThat(text(new Content.Source.Base64("text/csv", "Y"), null, null)).isNull();
  }

  @Test
  void failureIsMarkedOnce() {
    assertThat(FailedResult.marked("no such city")).isEqualTo("Error: no such city");
    assertThat(FailedResult.marked("error: no")).isEqualTo("error: no");
    assertThat(FailedResult.marked(" ")).isEqualTo("Error");
  }

  private static @Nullable String text(
      Content.Source source, @Nullable String name, @Nullable String context) {
    return DocumentText.of(new Content.Document(source, name, context, false, null));
  }

  private static Set<String> named(Set<Hint> said, Content... parts) {
    Set<String> dropped = new TreeSet<>();
    ChatRequest request =
        new ChatRequest(
            "m",
            List.of(new Message(Role.USER, List.of(parts))),
            List.of(),
            null,
            null,
            Sampling.UNSET,
            null,
            null,
            false,
            false,
            null,
            Map.of(),
            Map.of());
    Hint.name(request, said, thought -> false, dropped);
    return dropped;
  }
}
