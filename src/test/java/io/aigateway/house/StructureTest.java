package io.aigateway.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.camel.builder.RouteBuilder;
import org.junit.jupiter.api.Test;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Component;

/** Do the arrows between the packages point one way? */
class StructureTest {
  private static final JavaClasses MAIN =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages("io.aigateway");

  private static final Pattern LITERAL = Pattern.compile("\"(?:[^\"\\\\\n]++|\\\\.)*+\"");

  private static final Path SOURCES = Path.of("src/main/java/io/aigateway");

  private static final Path PARTS =
      Path.of("src/main/resources/META-INF/spring/io.aigateway.Application.imports");

  @Test
  void nothingDependsOnTheEdge() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.aigateway.edge..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.aigateway.edge..")
        .check(MAIN);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.aigateway.(*)..").should().beFreeOfCycles().check(MAIN);
  }

  /** Nothing is looked for at the start: what isn't named there isn't there. */
  @Test
  void everyConfigurationIsNamed() throws IOException {
    List<String> named =
        Files.readAllLines(PARTS).stream()
            .filter(line -> line.startsWith("io.aigateway."))
            .toList();

    assertThat(MAIN.stream().filter(each -> each.isAnnotatedWith(Configuration.class)))
        .extracting(JavaClass::getName)
        .as("configurations, which %s names", PARTS.getFileName())
        .containsExactlyInAnyOrderElementsOf(named);
    noClasses()
        .that()
        .areNotMetaAnnotatedWith(Configuration.class)
        .and()
        .areNotAnnotatedWith(Configuration.class)
        .should()
        .beAnnotatedWith(Component.class)
        .orShould()
        .beMetaAnnotatedWith(Component.class)
        .check(MAIN);
  }

  @Test
  void routesAreWrittenInYamlOnly() {
    noClasses().should().beAssignableTo(RouteBuilder.class).check(MAIN);
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("org.apache.camel.ProducerTemplate")
        .check(MAIN);
  }

  @Test
  void neutralConversationDependsOnNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage("io.aigateway.chat..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.aigateway.dialect..",
            "io.aigateway.provider..",
            "io.aigateway.endpoint..",
            "io.aigateway.call..",
            "io.aigateway.breaker..")
        .check(MAIN);
  }

  @Test
  void everyPackageHasItsSentence() throws IOException {
    try (Stream<Path> folders = Files.walk(SOURCES)) {
      assertThat(folders.filter(Files::isDirectory))
          .allSatisfy(
              folder ->
                  assertThat(folder.resolve("package-info.java"))
                      .content()
                      .contains("@NullMarked")
                      .startsWith("/**"));
    }
  }

  /**
   * A dialect may share its inventor's name, settings name variables, and the wiring puts dialects
   * together; everywhere else only YAML names a provider.
   */
  @Test
  void noClassNamesAProviderOtherThanDemo() throws IOException {
    List<String> providers =
        RouteFilesRulesTest.files().stream()
            .filter(name -> name.startsWith("provider-"))
            .map(name -> name.substring("provider-".length(), name.indexOf('.')))
            .filter(name -> !name.equals("demo"))
            .toList();
    assertThat(providers).contains("openai", "anthropic", "ollama");
    Pattern named = Pattern.compile("\\b(" + String.join("|", providers) + ")\\b");
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      files
          .filter(file -> file.toString().endsWith(".java"))
          .filter(file -> !file.startsWith(SOURCES.resolve("dialect")))
          .filter(file -> !file.startsWith(SOURCES.resolve("settings")))
          .forEach(
              file -> {
                for (String literal : literals(file)) {
                  Matcher matcher = named.matcher(literal);
                  while (matcher.find()) {
                    found.add(file.getFileName() + ": " + matcher.group(1));
                  }
                }
              });
    }

    assertThat(found).isEmpty();
  }

  private static List<String> literals(Path file) {
    try {
      String code = Files.readString(file).replaceAll("(?m)^\\s*(?://|\\*|/\\*\\*).*$", "");
      return LITERAL.matcher(code).results().map(MatchResult::group).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
