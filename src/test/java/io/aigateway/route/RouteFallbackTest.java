package io.aigateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Var;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.HttpAnswer;
import io.aigateway.http.StubRequest;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Quota;
import io.aigateway.tenant.Scope;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Whom the tenant wants to be asked. */
class RouteFallbackTest {
  private static final String BODY =
      "{\"model\":\"gpt-5\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

  private static final Caller ACME =
      new Caller(
          "acme",
          "k",
          "k",
          Scope.CALLS,
          new ModelPatterns(List.of("gpt-5", "vllm/small", "groq/gpt-5")),
          null,
          List.of("vllm/small", "groq"),
          Quota.NONE,
          Quota.NONE);

  private final RouteBench bench =
      RouteBench.of(
          ACME,
          Map.of(),
          List.of("route-model", "provider-groq", "provider-vllm"),
          "chat-completions",
          "chat",
          "route-fallback");

  private final List<String> sent = new ArrayList<>();

  RouteFallbackTest() {
    bench.knows("groq", "vllm");
    for (String provider : List.of("groq", "vllm")) {
      bench.plays("provider-" + provider, exchange -> fail(exchange, provider));
    }
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void fail(Exchange exchange, String provider) {
    String model = String.valueOf(Var.MODEL_SENT.get(exchange));
    sent.add(provider + "/" + model);
    TargetException failure = new TargetException(Kind.CONNECT, provider, "refused");
    Call.of(exchange).failed(provider, model, failure);
    throw failure;
  }

  private HttpAnswer ask(String provider) {
    bench.plays("route-model", exchange -> fail(exchange, "first"));
    StubRequest request =
        new StubRequest("/v1/chat/completions").with("x-api-key", "gw-key").body(BODY);
    if (!provider.isEmpty()) {
      request.with("x-provider", provider);
    }
    return bench.ask("/v1/chat/completions", request);
  }

  @Test
  void fallbacksAreAskedInTheirOrderWithTheirModels() {
    HttpAnswer answer = ask("");

    assertThat(answer.status()).isEqualTo(502);
    assertThat(sent).containsExactly("first/null", "vllm/small", "groq/gpt-5");
    assertThat(RouteBench.text(answer)).contains("first", "vllm", "groq");
  }

  @Test
  void whoInsistsOnAProviderGetsNoOther() {
    assertThat(ask("groq").status()).isEqualTo(502);
    assertThat(sent).containsExactly("first/null");
  }

  @Test
  void firstOneThatServesEndsTheSearch() {
    bench.plays(
        "provider-vllm",
        exchange -> {
          throw new io.aigateway.error.RequestException(
              io.aigateway.error.ApiError.invalid("x", "no"));
        });

    assertThat(ask("").status()).isEqualTo(400);
    assertThat(sent).containsExactly("first/null");
    assertThat(bench.visited).containsExactly("route-model", "provider-vllm");
  }

  @Test
  void modelThatTheTenantMayNotUseIsForbidden() {
    HttpAnswer answer =
        bench.ask(
            "/v1/chat/completions",
            new StubRequest("/v1/chat/completions")
                .with("x-api-key", "gw-key")
                .body(BODY.replace("gpt-5", "gpt-4")));

    assertThat(answer.status()).isEqualTo(403);
    assertThat(RouteBench.text(answer)).contains("model_not_allowed", "permission_error");
    assertThat(bench.visited).isEmpty();
  }
}
