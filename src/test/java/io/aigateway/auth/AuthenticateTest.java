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
import java.util.Optional;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AuthenticateTest {
  private static final Authenticate BOOTSTRAP =
      new Authenticate(Optional.of("gw-key"), Optional.empty());
  private static final Authenticate LOCAL =
      new Authenticate(Optional.empty(), Optional.of("gw-default-key"));

  private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

  private Caller ask(Authenticate step, StubRequest request) {
    Call call = new Call(request, new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    Var.CALL.set(exchange, call);
    step.caller(exchange);
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
}
