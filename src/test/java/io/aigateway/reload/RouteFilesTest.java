package io.aigateway.reload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RouteFilesTest {
  @TempDir Path folder = Path.of("");

  private RouteFiles files(String... builtIn) {
    return new RouteFiles(List.of(builtIn), Optional.of(folder));
  }

  private void write(String name, String text) throws IOException {
    Files.writeString(folder.resolve(name), text);
  }

  private static List<String> names(RouteSet set) {
    return set.files().stream().map(RouteFile::name).toList();
  }

  @Test
  void folderReplacesByNameAndAdds() throws Exception {
    // given
    write("models.camel.yaml", "mine");
    write("own.camel.yaml", "own");
    write("notes.txt", "no route");
    write(".own.camel.yaml", "an editor's");
    Files.createDirectory(folder.resolve("folder.camel.yaml"));

    // when
    RouteSet set = files("models.camel.yaml", "health.camel.yaml").read();

    // then
    assertThat(names(set))
        .containsExactly("health.camel.yaml", "models.camel.yaml", "own.camel.yaml");
    assertThat(set.files().get(0).text()).contains("id: health");
    assertThat(set.files().get(1))
        .isEqualTo(new RouteFile("models.camel.yaml", RouteFile.Origin.OVERRIDDEN, "mine"));
    assertThat(set.files())
        .extracting(RouteFile::origin)
        .containsExactly(
            RouteFile.Origin.BUILT_IN, RouteFile.Origin.OVERRIDDEN, RouteFile.Origin.ADDED);
    assertThat(set.edited()).isTrue();
  }

  @Test
  void withoutAFolderOnlyTheBuiltInFilesAreThere() throws Exception {
    RouteSet set =
        new RouteFiles(List.of("models.camel.yaml", "health.camel.yaml"), Optional.empty()).read();

    assertThat(names(set)).containsExactly("health.camel.yaml", "models.camel.yaml");
    assertThat(set.edited()).isFalse();
  }

  @Test
  void fileThatIsNoTextIsNamed() throws Exception {
    Files.write(folder.resolve("odd.camel.yaml"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});

    assertThatThrownBy(() -> files().read()).hasMessageContaining("odd.camel.yaml it is not text");
  }

  @Test
  void digestTellsSetsApartByNamesAndTexts() throws Exception {
    write("a.camel.yaml", "1");
    String first = files().read().digest();
    assertThat(first).matches("[0-9a-f]{12}").isEqualTo(files().read().digest());

    write("a.camel.yaml", "2");
    String changed = files().read().digest();
    Files.move(folder.resolve("a.camel.yaml"), folder.resolve("b.camel.yaml"));

    assertThat(changed).isNotEqualTo(first);
    assertThat(files().read().digest()).isNotEqualTo(changed).isNotEqualTo(first);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"- beans: 1", "- \"beans\": 1", "- {'beans' : 1}", "- 'routeConfiguration': 1"})
  void whatAllNeedIsAlwaysLookedAt(String shared) throws Exception {
    write("a.camel.yaml", shared);
    write("b.camel.yaml", "- route: {routeConfigurationId: x}");
    write("c.camel.yaml", "- route: 2");
    RouteSet before = files().read();

    write("c.camel.yaml", "- route: 3");
    assertThat(names(files().read().changedSince(before)))
        .containsExactly("a.camel.yaml", "c.camel.yaml");
  }

  @Test
  void onlyWhatHasChangedIsLookedAtAnew() throws Exception {
    write("a.camel.yaml", "- route: 1");
    write("b.camel.yaml", "- route: 2");
    write("c.camel.yaml", "- routeConfiguration: 3");
    RouteSet before = files().read();

    write("b.camel.yaml", "- route: 4");
    write("d.camel.yaml", "- route: 5");
    Files.delete(folder.resolve("a.camel.yaml"));
    assertThat(names(files().read().changedSince(before)))
        .containsExactly("b.camel.yaml", "c.camel.yaml", "d.camel.yaml");

    write("c.camel.yaml", "- routeConfiguration: 6");
    write("b.camel.yaml", "- route: 2");
    assertThat(names(files().read().changedSince(before)))
        .as("how all are built has changed")
        .containsExactly("b.camel.yaml", "c.camel.yaml", "d.camel.yaml");

    write("e.camel.yaml", "- route: 7");
    RouteSet now = files().read();
    Files.delete(folder.resolve("c.camel.yaml"));
    assertThat(names(files().read().changedSince(now)))
        .as("something of all is gone")
        .containsExactly("b.camel.yaml", "d.camel.yaml", "e.camel.yaml");
  }

  @Test
  void lookChangesWhenAMountedFolderIsSwapped() throws Exception {
    // given a folder as a ConfigMap is mounted
    for (String version : new String[] {"..1", "..2"}) {
      Files.createDirectory(folder.resolve(version));
      Files.writeString(folder.resolve(version).resolve("a.camel.yaml"), "x");
    }
    Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
    Files.createSymbolicLink(folder.resolve("a.camel.yaml"), Path.of("..data/a.camel.yaml"));
    var before = files().look();
    assertThat(before).containsOnlyKeys("a.camel.yaml").isEqualTo(files().look());

    // when
    Files.createSymbolicLink(folder.resolve("..next"), Path.of("..2"));
    Files.move(
        folder.resolve("..next"),
        folder.resolve("..data"),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE);

    // then
    assertThat(files().look()).isNotEqualTo(before);
  }
}
