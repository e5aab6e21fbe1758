package io.aigateway.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** {@code mvn test -Dtest=RoutePictureTest -Ddocs.write=true} draws the pictures anew. */
class RoutePictureTest {
  private static final Path PAGE = Path.of("docs/routes.md");
  private static final Path README = Path.of("README.md");
  private static final String BEGIN = "<!-- spine: drawn from the routes -->\n```text\n";
  private static final String END = "```\n<!-- /spine -->";

  @Test
  void pageOfRoutesIsDrawnFromTheYaml() throws IOException {
    String drawn = new RoutePicture().page();
    if (Boolean.getBoolean("docs.write")) {
      Files.writeString(PAGE, drawn);
    }
    assertThat(PAGE).content().isEqualTo(drawn);
  }

  @Test
  void readmeShowsTheSpineAsItIs() throws IOException {
    String drawn = new RoutePicture().spine();
    String readme = Files.readString(README);
    int begin = readme.indexOf(BEGIN) + BEGIN.length();
    int end = readme.indexOf(END);
    assertThat(end).as("the place of the picture in the README").isGreaterThanOrEqualTo(begin);
    if (Boolean.getBoolean("docs.write")) {
      readme = readme.substring(0, begin) + drawn + readme.substring(end);
      Files.writeString(README, readme);
      end = readme.indexOf(END);
    }
    assertThat(readme.substring(begin, end)).isEqualTo(drawn);
  }
}
