package io.aigateway.targets;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.breaker.Breaker.State;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.error.ApiError;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import io.aigateway.provider.Answer;
import io.aigateway.provider.ReplyStream;
import io.aigateway.provider.StubStream;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.OwnCredential;
import io.aigateway.tenant.Quota;
import io.aigateway.tenant.Scope;
import java.util.List;
import java.util.Map;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which breaker hears of a call with a tenant's own credential, however the rule is written? */
class OwnCredentialTest {
  private static final String BEHIND_A_ROUTE = breaker("- to: direct:call-a");
  private static final String CHOSEN_BY_A_MESSAGE = breaker("- toD: 'direct:call-${header.to}'");
  private static final String OF_TWO =
      breaker(
          """
          - choice:
              when:
                - simple: "${header.to} == 'a'"
                  steps:
                    - to: llm:a
              otherwise:
                steps:
                  - to: llm:b
          """);

  /** A provider of whom the breaker can't know is asked in the second step. */
  private static final String AND_ANOTHER = breaker("- to: llm:a\n- to: target:b");

  private static final String ROUTES =
      """
      - route:
          id: call-a
          errorHandler: {noErrorHandler: {}}
          from:
            uri: direct
            parameters: {name: call-a}
            steps:
              - to: direct:call-a-really
      - route:
          id: call-a-really
          errorHandler: {noErrorHandler: {}}
          from:
            uri: direct:call-a-really
            steps:
              - to: llm:a
      """;

  private static String breaker(String steps) {
    return "- circuitBreaker:\n    id: x\n    steps:\n" + steps.indent(6);
  }

  /** Sends a call of a tenant that has a credential of its own for this provider, or for none. */
  private static Exchange send(RuleBench bench, @Nullable String own, String to) throws Exception {
    Exchange exchange = bench.exchange(new StubRequest("/"), false);
    exchange.getMessage().setHeader("to", to);
    Call.of(exchange)
        .authenticated(
            new Caller(
                "acme",
                "k",
                "key",
                Scope.CALLS,
                ModelPatterns.ALL,
                null,
                List.of(),
                Quota.NONE,
                Quota.NONE,
                own == null ? Map.of() : Map.of(own, new OwnCredential("acme", "cred-1", "sk-x"))));
    return bench.send(exchange);
  }

  private static void fails(RuleBench bench, String provider, Kind kind) {
    bench.plays(
        provider,
        (exchange, end) -> {
          TargetException why = new TargetException(kind, provider, "no");
          Call.of(exchange).takeAttempt(RuleBench.MOST, provider);
          Call.of(exchange).failed(provider, "m", why);
          exchange.setException(why);
          end.run();
        });
  }

  /** Answers with a stream that ends like this. */
  private static void streams(RuleBench bench, String provider, ReplyStream.Outcome outcome) {
    bench.plays(
        provider,
        (exchange, end) -> {
          Call.of(exchange).takeAttempt(RuleBench.MOST, provider);
          Call.of(exchange).answered(provider, "m");
          exchange.getMessage().setBody(new Answer.Streamed(StubStream.ended(outcome)));
          end.run();
        });
  }

  private static State state(RuleBench bench) {
    return bench.breakers.find("x").state();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void wrongOneBehindAnotherRouteIsNobodyElsesTrouble(boolean known) throws Exception {
    String rule = known ? BEHIND_A_ROUTE : CHOSEN_BY_A_MESSAGE;
    try (RuleBench bench = RuleBench.of(rule, ROUTES)) {
      fails(bench, "a", Kind.UNAUTHORIZED);
      send(bench, "a", "a");
      assertThat(state(bench)).isEqualTo(State.CLOSED);

      bench.serves("a");
      assertThat(send(bench, null, "a").getMessage().getBody()).isEqualTo("a");
    }
  }

  @Test
  void breakerOfItsOwnIsFoundBehindAnotherRoute() throws Exception {
    try (RuleBench bench = RuleBench.of(BEHIND_A_ROUTE, ROUTES)) {
      fails(bench, "a", Kind.UNAUTHORIZED);
      send(bench, null, "a");
      assertThat(state(bench)).isEqualTo(State.OPEN);
      bench.serves("a");
      assertThat(send(bench, "a", "a").getMessage().getBody()).isEqualTo("a");

      fails(bench, "a", Kind.UNAUTHORIZED);
      send(bench, "a", "a");
      bench.asked.clear();
      Exchange refused = send(bench, "a", "a");

      assertThat(refused.getException()).hasMessageContaining("the tenant's own credential for x");
      assertThat(bench.asked).isEmpty();
    }
  }

  @Test
  void tenantWithOneForOneProviderOfTwoCallsTheOtherLikeEverybody() throws Exception {
    try (RuleBench bench = RuleBench.of(OF_TWO)) {
      fails(bench, "a", Kind.UNAUTHORIZED);

      send(bench, "b", "a");

      assertThat(state(bench)).isEqualTo(State.OPEN);
    }
  }

  @Test
  void sharedBreakerCountsNeitherItsFailuresNorItsSuccesses() throws Exception {
    try (RuleBench bench = RuleBench.of(OF_TWO)) {
      for (int i = 0; i < 4; i++) {
        fails(bench, "b", i == 3 ? Kind.UNAUTHORIZED : Kind.SERVER_ERROR);
        send(bench, "b", "b");
        streams(
            bench,
            "b",
            new ReplyStream.Outcome.Failed(new TargetException(Kind.BROKEN, "b", "no")));
        send(bench, "b", "b");
      }
      assertThat(state(bench)).isEqualTo(State.CLOSED);

      fails(bench, "a", Kind.SERVER_ERROR);
      send(bench, "b", "a");
      send(bench, null, "a");
      bench.serves("b");
      send(bench, "b", "b");
      streams(bench, "b", new ReplyStream.Outcome.Complete());
      send(bench, "b", "b");
      bench.plays(
          "b",
          (exchange, end) -> {
            Call.of(exchange).refused("b", "m", 400);
            exchange.setException(
                new RequestException(ApiError.invalid(null, "no"), BreakerEffect.SUCCESS));
            end.run();
          });
      send(bench, "b", "b");
      assertThat(state(bench)).isEqualTo(State.CLOSED);
      send(bench, null, "a");

      assertThat(state(bench)).as("three failures in a row").isEqualTo(State.OPEN);
    }
  }

  @Test
  void itsOwnBreakerCountsNoCallWithTheGatewaysCredential() throws Exception {
    try (RuleBench bench = RuleBench.of(AND_ANOTHER)) {
      bench.serves("a");
      fails(bench, "b", Kind.UNAUTHORIZED);

      for (int i = 0; i < 4; i++) {
        send(bench, "a", "b");
      }

      assertThat(bench.asked).filteredOn("b"::equals).hasSize(4);
      assertThat(state(bench)).isEqualTo(State.CLOSED);
    }
  }
}
