package io.aigateway.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.apache.camel.CamelContext;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RouteFilesTest {
  private static final String ROUTE =
      """
      - route:
          id: ID
          from:
            uri: direct:ID
            steps:
              - setBody:
                  constant: NAME
      """;

  @TempDir Path folder = Path.of("");

  private final CamelContext context = new DefaultCamelContext();

  @AfterEach
  void stop() {
    context.stop();
  }

  private void file(String name, String id) throws IOException {
    Files.writeString(folder.resolve(name), ROUTE.replace("ID", id).replace("NAME", name));
  }

  @Test
  void folderReplacesByNameAndAdds() throws Exception {
    // given
    file("models.camel.yaml", "models");
    file("own.camel.yaml", "own");
    Files.writeString(folder.resolve("notes.txt"), "no route");
    RouteFiles files = new RouteFiles(List.of("models.camel.yaml"), Optional.of(folder));

    // when
    files.load(context);
    context.start();

    // then
    assertThat(files.names()).containsExactly("models.camel.yaml", "own.camel.yaml");
    assertThat(context.createProducerTemplate().requestBody("direct:models", "", String.class))
        .isEqualTo("models.camel.yaml");
    assertThat(files.loadedAt()).isAfter(Instant.EPOCH);
  }

  @Test
  void fileThatIsNoRouteIsNamed() throws Exception {
    Files.writeString(folder.resolve("odd.camel.yaml"), "- nonsense: 1\n");
    RouteFiles files = new RouteFiles(List.of(), Optional.of(folder));

    assertThatThrownBy(() -> files.load(context)).hasStackTraceContaining("odd.camel.yaml");
  }

  @Test
  void withoutAFolderOnlyTheBuiltInFilesAreThere() {
    assertThat(new RouteFiles(List.of("b.camel.yaml", "a.camel.yaml"), Optional.empty()).names())
        .containsExactly("a.camel.yaml", "b.camel.yaml");
  }
}
