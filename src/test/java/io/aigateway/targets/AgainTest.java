package io.aigateway.targets;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.call.Retries;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class AgainTest {
  private static final Retries TWICE =
      new Retries(2, Duration.ofMillis(100), Duration.ofMillis(150), Duration.ofSeconds(20));

  private static final String ONE = breaker("a");
  private static final String TWO =
      "- loadBalance:\n    id: rule-choose\n    failoverLoadBalancer: {}\n    steps:\n"
          + breaker("a").indent(6)
          + breaker("b").indent(6);

  private static String breaker(String name) {
    return "- circuitBreaker:\n    id: NAME\n    steps:\n      - to: target:NAME\n"
        .replace("NAME", name);
  }

  private static TargetException failure(Kind kind, @Nullable Duration retryAfter) {
    return new TargetException(kind, "a", 0, "failed", retryAfter);
  }

  @Test
  void failureThatMayPassIsTriedAgainAfterAWaitThatGrows() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.random = 1;
      bench.fails("a", failure(Kind.SERVER_ERROR, null), TWICE);
      CompletableFuture<Exchange> ended = new CompletableFuture<>();
      Exchange exchange = bench.exchange(new StubRequest("/"), false);

      bench.begin(exchange, ended);
      assertThat(bench.asked).containsExactly("a");
      assertThat(bench.timers.last().wait).isEqualTo(Duration.ofMillis(100));
      bench.timers.last().goOff();
      assertThat(bench.timers.last().wait).as("no longer than the longest").hasMillis(150);
      bench.serves("a");
      bench.timers.last().goOff();

      assertThat(ended).isDone();
      assertThat(exchange.getException()).isNull();
      assertThat(exchange.getMessage().getBody()).isEqualTo("a");
      assertThat(bench.asked).containsExactly("a", "a", "a");
    }
  }

  @Test
  void everyTimeIsACallForTheBreaker() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.fails("a", failure(Kind.SERVER_ERROR, null), TWICE);
      Exchange exchange = bench.exchange(new StubRequest("/"), false);

      CompletableFuture<Exchange> ended = new CompletableFuture<>();
      bench.begin(exchange, ended);
      bench.timers.last().goOff();
      assertThat(bench.breakers.find("a").state().label()).isEqualTo("closed");
      bench.timers.last().goOff();

      // three failures in a row open the bench's breakers
      assertThat(ended).isDone();
      assertThat(bench.breakers.find("a").state().label()).isEqualTo("open");
      assertThat(bench.asked).containsExactly("a", "a", "a");
    }
  }

  @Test
  void nobodyIsAskedTwiceWhileAnotherTargetIsLeft() throws Exception {
    try (RuleBench bench = RuleBench.of(TWO)) {
      bench.fails("a", failure(Kind.SERVER_ERROR, null), TWICE).serves("b");

      Exchange exchange = bench.send(bench.exchange(new StubRequest("/"), false));

      assertThat(exchange.getMessage().getBody()).isEqualTo("b");
      assertThat(bench.asked).containsExactly("a", "b");
      assertThat(bench.timers.set).isEmpty();
    }
  }

  @Test
  void theOnlyOneThatCouldBeAskedIsAskedAgain() throws Exception {
    try (RuleBench bench = RuleBench.of(TWO)) {
      bench
          .fails("a", failure(Kind.SERVER_ERROR, null), TWICE)
          .fails("b", new TargetException(Kind.NOT_CONFIGURED, "b", "no key"));
      CompletableFuture<Exchange> ended = new CompletableFuture<>();
      Exchange exchange = bench.exchange(new StubRequest("/"), false);

      bench.begin(exchange, ended);
      assertThat(bench.asked).containsExactly("a", "b");
      bench.serves("a");
      bench.timers.last().goOff();

      assertThat(ended).isDone();
      assertThat(exchange.getException()).isNull();
      assertThat(bench.asked).containsExactly("a", "b", "a");
      assertThat(Call.of(exchange).othersLeft()).isZero();
    }
  }

  @Test
  void budgetOfTheRequestEndsIt() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      Retries often =
          new Retries(10, Duration.ofMillis(1), Duration.ofMillis(1), Duration.ofSeconds(20));
      bench.fails("a", new TargetException(Kind.FORBIDDEN, "a", "no"), often);
      Exchange exchange = bench.exchange(new StubRequest("/"), false);
      for (int i = 1; i < RuleBench.MOST; i++) {
        Call.of(exchange).takeAttempt(RuleBench.MOST, "x");
      }
      bench.fails("a", failure(Kind.BROKEN, null), often);

      bench.send(exchange);

      assertThat(bench.asked).containsExactly("a");
      assertThat(bench.timers.set).isEmpty();
    }
  }

  @Test
  void whatTheProviderAsksForIsWaitedWhenThereIsTime() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.fails("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(7)), TWICE);
      bench.begin(bench.exchange(new StubRequest("/"), false), new CompletableFuture<>());
      assertThat(bench.timers.last().wait).isEqualTo(Duration.ofSeconds(7));
    }
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.fails("a", failure(Kind.RATE_LIMITED, Duration.ofSeconds(20)), TWICE);
      Exchange exchange = bench.send(bench.exchange(new StubRequest("/"), false));
      assertThat(bench.timers.set).isEmpty();
      assertThat(((TargetException) exchange.getException()).kind()).isEqualTo(Kind.RATE_LIMITED);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"UNAUTHORIZED", "FORBIDDEN", "CUT_OFF", "NOT_CONFIGURED", "BREAKER_OPEN", "BUSY"})
  void whatDoesNotPassIsNotTriedAgain(Kind kind) throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.fails("a", failure(kind, null), TWICE);

      bench.send(bench.exchange(new StubRequest("/"), false));

      assertThat(bench.asked).containsExactly("a");
    }
  }

  @Test
  void bodyThatIsSpentIsNotSentAgain() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.fails("a", failure(Kind.BROKEN, null), TWICE);
      Exchange exchange = bench.exchange(new StubRequest("/"), false);
      Call.of(exchange).spendBody();

      bench.send(exchange);

      assertThat(bench.asked).containsExactly("a");
    }
  }

  @Test
  void callerWhoLeavesEndsTheWaitAtOnce() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.fails("a", failure(Kind.SERVER_ERROR, null), TWICE);
      StubRequest request = new StubRequest("/");
      Exchange exchange = bench.exchange(request, false);
      CompletableFuture<Exchange> ended = new CompletableFuture<>();
      bench.begin(exchange, ended);

      request.leave();

      assertThat(ended).isDone();
      assertThat(exchange.getException()).isInstanceOf(CallerGoneException.class);
      assertThat(bench.timers.last().takenBack).isTrue();
      assertThat(bench.asked).containsExactly("a");
    }
  }

  @Test
  void everyExchangeEndsOnce() throws Exception {
    try (RuleBench bench = RuleBench.of(ONE)) {
      bench.failsAtOnce("a", failure(Kind.NOT_CONFIGURED, null));

      bench.send(bench.exchange(new StubRequest("/"), false));

      assertThat(bench.asked).containsExactly("a");
      assertThat(bench.endings).isEqualTo(1);
    }
  }

  @Test
  void waitIsDrawnBetweenNothingAndItsFullLength() {
    assertThat(TWICE.backoff(1, 0)).isZero();
    assertThat(TWICE.backoff(1, 0.5)).isEqualTo(Duration.ofMillis(50));
    assertThat(TWICE.backoff(2, 1)).isEqualTo(Duration.ofMillis(150));
    assertThat(TWICE.backoff(9, 1)).isEqualTo(Duration.ofMillis(150));
  }
}
