package io.aigateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Var;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.RequestException;
import io.aigateway.http.StubRequest;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Scope;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticateTest {
  private static final Directories DIRECTORIES = Directories.start();
  private static final Authenticate BOOTSTRAP = step("gw-key", null);
  private static final Authenticate LOCAL = step(null, "gw-default-key");

  private static Authenticate step(@Nullable String bootstrap, @Nullable String local) {
    return new Authenticate(
        Optional.ofNullable(bootstrap),
        Optional.ofNullable(local),
        new Caller("default", "bootstrap"),
        DIRECTORIES.first(),
        "groq"::equals);
  }

  @AfterAll
  static void close() {
    DIRECTORIES.close();
  }

  private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

  private Caller ask(Authenticate step, StubRequest request) {
    Call call = new Call(request, new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    Var.CALL.set(exchange, call);
    exchange.getMessage().setBody(request);
    Object body = step.caller(exchange);
    if (body instanceof CompletionStage<?> stage) {
      try {
        body = stage.toCompletableFuture().join();
      } catch (CompletionException e) {
        throw (RuntimeException) e.getCause();
      }
    }
    assertThat(body).isSameAs(request);
    return java.util.Objects.requireNonNull(call.caller());
  }

  private static StubRequest request() {
    return new StubRequest("/v1/chat/completions");
  }

  private void isRefused(Authenticate step, StubRequest request) {
    assertThatThrownBy(() -> ask(step, request))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(401);
              assertThat(e.error().code()).isEqualTo("invalid_api_key");
            });
  }

  @ParameterizedTest
  @CsvSource({
    "authorization, Bearer gw-key",
    "Authorization, bearer   gw-key ",
    "x-api-key, gw-key",
    "api-key, gw-key"
  })
  void keyIsTakenFromEachHeader(String header, String value) {
    Caller caller = ask(BOOTSTRAP, request().with(header, value).from("gateway.example", false));

    assertThat(caller.tenant()).isEqualTo("default");
    assertThat(Var.TENANT.get(exchange)).isEqualTo("default");
  }

  @Test
  void emptyBearerLeavesTheOtherHeaders() {
    ask(BOOTSTRAP, request().with("authorization", "Bearer ").with("x-api-key", "gw-key"));
  }

  @ParameterizedTest
  @CsvSource({
    "authorization, Bearer gw-ke",
    "authorization, Bearer gw-keyy",
    "authorization, Bearer GW-KEY",
    "authorization, gw-key",
    "authorization, Basic gw-key",
    "x-api-key, ' '",
    "x-other, gw-key"
  })
  void otherKeysAreRefused(String header, String value) {
    isRefused(BOOTSTRAP, request().with(header, value));
  }

  @ParameterizedTest
  @CsvSource({"localhost", "LOCALHOST", "127.0.0.1", "[::1]", "::1"})
  void defaultKeyWorksOnTheOwnMachine(String host) {
    ask(LOCAL, request().with("x-api-key", "gw-default-key").from(host, true));
  }

  @ParameterizedTest
  @CsvSource({
    "localhost, false",
    "gateway.example, true",
    "localhost.evil.example, true",
    "127.0.0.1.nip.io, true",
    "10.0.0.1, true"
  })
  void defaultKeyWorksNowhereElse(String host, boolean loopback) {
    isRefused(LOCAL, request().with("x-api-key", "gw-default-key").from(host, loopback));
  }

  @ParameterizedTest
  @CsvSource({"Forwarded", "X-Forwarded-For", "x-forwarded-host", "Via"})
  void defaultKeyDoesNotWorkThroughAProxy(String header) {
    isRefused(LOCAL, request().with("x-api-key", "gw-default-key").with(header, "x"));
  }

  @Test
  void defaultKeyIsNoneWhenThereIsAnother() {
    isRefused(BOOTSTRAP, request().with("x-api-key", "gw-default-key"));
  }

  @Test
  void storedKeyOpensWhatItsTenantMay() {
    String key = DIRECTORIES.put("acme", Scope.CALLS, List.of("gpt-*"), "groq", List.of("ollama"));

    Caller caller = ask(BOOTSTRAP, request().with("x-api-key", key));

    assertThat(caller.tenant()).isEqualTo("acme");
    assertThat(caller.models()).isEqualTo(new ModelPatterns(List.of("gpt-*")));
    assertThat(Var.TENANT.get(exchange)).isEqualTo("acme");
    assertThat(Var.DEFAULT_PROVIDER.get(exchange)).isEqualTo("groq");
    assertThat(Var.FALLBACK.get(exchange)).isEqualTo(true);
  }

  @Test
  void providerThatIsNotThereIsNobodysDefault() {
    String key = DIRECTORIES.put("lost", Scope.CALLS, List.of(), "gone", List.of());

    ask(BOOTSTRAP, request().with("x-api-key", key));

    assertThat(Var.DEFAULT_PROVIDER.get(exchange)).isNull();
    assertThat(Var.FALLBACK.get(exchange)).isNull();
  }

  @Test
  void keyWithoutTheScopeIsForbidden() {
    String key = DIRECTORIES.put("vec", Set.of(Scope.EMBEDDINGS), List.of(), null, List.of());

    assertThatThrownBy(() -> ask(BOOTSTRAP, request().with("x-api-key", key)))
        .isInstanceOfSatisfying(
            RequestException.class,
            e -> {
              assertThat(e.error().status()).isEqualTo(403);
              assertThat(e.error().code()).isEqualTo("scope_missing");
            });
  }
}
