package io.aigateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.breaker.Breaker;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.camel.Exchange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One test for all provider files: they are alike, and must stay so. */
class ProviderRoutesTest {
  static List<String> providers() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("src/main/resources/routes"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(file -> file.startsWith("provider-"))
          .map(file -> file.substring("provider-".length(), file.indexOf('.')))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void breakerStandsAroundOneCallOfTheProvider(String name) {
    try (RouteBench bench = RouteBench.of(List.of(), "provider-" + name)) {
      // given
      bench.plays(name, exchange -> exchange.getMessage().setBody("reply"));

      // when
      Exchange exchange = bench.pass("provider-" + name, "m", "");

      // then
      assertThat(exchange.getMessage().getBody()).isEqualTo("reply");
      assertThat(bench.visited).containsExactly(name);
      Breaker breaker = Objects.requireNonNull(bench.breakers.find(name));
      assertThat(breaker.snapshot().calls()).isEqualTo(1);

      // and when it refuses the credential, which opens the breaker at once
      bench.plays(
          name,
          failing -> {
            throw new TargetException(Kind.UNAUTHORIZED, name, "x");
          });
      bench.pass("provider-" + name, "m", "");
      Exchange skipped = bench.pass("provider-" + name, "m", "");

      // then
      assertThat(bench.visited).hasSize(2);
      assertThat(skipped.getException())
          .isInstanceOfSatisfying(
              TargetException.class, e -> assertThat(e.kind()).isEqualTo(Kind.BREAKER_OPEN));
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void callHasADialectAndALimitForEachWait(String name) {
    try (RouteBench bench = RouteBench.of(List.of(), "provider-" + name)) {
      Map<String, Object> parameters = Objects.requireNonNull(bench.llm.get(name));

      assertThat(parameters).containsKeys("dialect", "models");
      if (!name.equals("demo")) {
        assertThat(parameters)
            .containsKeys(
                "baseUrl", "connectTimeout", "firstByteTimeout", "idleTimeout", "callTimeout");
        String url = String.valueOf(parameters.get("baseUrl"));
        assertThat(url).matches("|http://localhost:11434|https://.*");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("providers")
  void addressComesFromTheEnvironment(String name) {
    if (name.equals("demo")) {
      return;
    }
    String variable =
        name.equals("azure")
            ? "AZURE_OPENAI_ENDPOINT"
            : name.toUpperCase(java.util.Locale.ROOT) + "_BASE_URL";
    try (RouteBench bench =
        RouteBench.of(Map.of(variable, "http://elsewhere"), List.of(), "provider-" + name)) {
      assertThat(Objects.requireNonNull(bench.llm.get(name)))
          .containsEntry("baseUrl", "http://elsewhere");
    }
  }
}
