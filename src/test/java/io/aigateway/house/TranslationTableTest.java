package io.aigateway.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn test -Dtest=TranslationTableTest -Ddocs.write=true} writes the page anew. */
class TranslationTableTest {
  private static final Path PAGE = Path.of("docs/translation.md");

  @Test
  void pageSaysWhatTheCodecsDo() throws IOException {
    String written = new TranslationTable().page();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, written);
    }
    assertThat(PAGE).content().isEqualTo(written);
  }

  /** Whatever else is left out, the caller is told of. */
  @Test
  void onlyTheseAreLeftOutWithoutAWord() throws IOException {
    assertThat(new TranslationTable().lost())
        .containsExactlyInAnyOrder(
            // hints, by which only cost or detail changes
            "image `detail`",
            "`cache_control`",
            "`cache_control` of text",
            "`cache_control` of a tool",
            "document's `title`",
            "document's `citations`",
            "`reasoning.summary`",
            // the model thinks unless told not to
            "`thinking` adaptive",
            // thoughts that only the model which had them can read
            "thoughts of a turn",
            "`reasoning_content` of a turn",
            // the result's text says what went wrong
            "result with `is_error`");
  }

  @Test
  void probesAreFoundOnlyWhereTheyWereAsked() throws IOException {
    assertThat(new TranslationTable().foundUnasked())
        // no tools at all is how some dialects say "none"
        .containsExactlyInAnyOrder("`tool_choice` none");
  }
}
