package io.aigateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Var;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RouteModelTest {
  private final RouteBench bench =
      RouteBench.of(
          Map.of("DEFAULT_PROVIDER", "vllm"),
          List.of("provider-openai", "provider-anthropic", "provider-demo", "provider-vllm"),
          "route-model");

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({
    "gpt-5, '', provider-openai",
    "o1, '', provider-openai",
    "o3-mini, '', provider-openai",
    "o4-mini, '', provider-openai",
    "text-embedding-3-small, '', provider-openai",
    "claude-opus-4-5, '', provider-anthropic",
    "demo, '', provider-demo",
    "demo-flaky, '', provider-demo",
    "llama3, '', provider-vllm",
    "GPT-5, '', provider-vllm",
    "gpt-5, anthropic, provider-anthropic",
    "a/b/c, openai, provider-openai"
  })
  void firstRuleThatFitsChooses(String model, String provider, String target) {
    Exchange exchange = bench.pass("route-model", model, provider);

    assertThat(exchange.getException()).isNull();
    assertThat(bench.visited).containsExactly(target);
  }

  @Test
  void unknownNameBeforeASlashIsNotFound() {
    Exchange exchange = bench.pass("route-model", "nobody/gpt-5", "");

    assertThat(exchange.getException())
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(404);
              assertThat(e.error().code()).isEqualTo("model_not_found");
            });
    assertThat(bench.visited).isEmpty();
  }

  @Test
  void failureOfTheLastTargetTravelsOn() {
    TargetException failure = new TargetException(Kind.CONNECT, "openai", "refused");
    bench.plays(
        "provider-openai",
        exchange -> {
          throw failure;
        });

    assertThat(bench.pass("route-model", "gpt-5", "").getException()).isSameAs(failure);
    assertThat(bench.visited).containsExactly("provider-openai");
  }

  @Test
  void tenantsOwnDefaultServesWhatNoRuleNames() {
    Map<Var, Object> own = Map.of(Var.DEFAULT_PROVIDER, "demo");

    assertThat(bench.pass("route-model", "llama3", "", own).getException()).isNull();
    assertThat(bench.pass("route-model", "gpt-5", "", own).getException()).isNull();
    assertThat(bench.visited).containsExactly("provider-demo", "provider-openai");
  }
}
