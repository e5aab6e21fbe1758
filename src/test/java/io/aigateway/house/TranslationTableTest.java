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

  @Test
  void nothingIsLeftOutWithoutAWord() throws IOException {
    assertThat(new TranslationTable().lost()).isEmpty();
  }

  @Test
  void probesAreFoundOnlyWhereTheyWereAsked() throws IOException {
    assertThat(new TranslationTable().foundUnasked())
        // no tools at all is how some dialects say "none"
        .containsExactlyInAnyOrder("`tool_choice` none");
  }
}
