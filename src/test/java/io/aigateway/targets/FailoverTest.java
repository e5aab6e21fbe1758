package io.aigateway.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.call.Var;
import io.aigateway.error.ApiError;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;

class FailoverTest {
  private static final String LISTED = "exception: [io.aigateway.error.TargetException]";
  private static final TargetException DOWN = new TargetException(Kind.CONNECT, "a", "refused");
  private static final RequestException WRONG =
      new RequestException(ApiError.invalid("model", "wrong"));

  @Test
  void firstTargetServesOnTheExchangeItself() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover(LISTED, "a", "b"))) {
      List<Exchange> seen = new ArrayList<>();
      bench.plays(
          "a",
          (exchange, end) -> {
            seen.add(exchange);
            exchange.getMessage().setBody("from a");
            end.run();
          });

      Exchange exchange = bench.send(bench.exchange());

      assertThat(seen).hasSize(1);
      assertThat(seen.get(0)).isSameAs(exchange);
      assertThat(exchange.getMessage().getBody()).isEqualTo("from a");
      assertThat(bench.asked).containsExactly("a");
    }
  }

  @Test
  void nextTargetSeesWhatTheFirstSaw() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover(LISTED, "a", "b"))) {
      bench.plays(
          "a",
          (exchange, end) -> {
            exchange.getMessage().setBody("spoiled");
            exchange.getMessage().setHeader("left", "behind");
            exchange.getMessage().setHeader("kept", "changed");
            Var.MODEL_SENT.set(exchange, "renamed");
            Var.MODEL.set(exchange, "other");
            exchange.setRouteStop(true);
            exchange.setException(DOWN);
            end.run();
          });
      List<Object> seen = new ArrayList<>();
      bench.plays(
          "b",
          (exchange, end) -> {
            seen.add(exchange.getMessage().getBody());
            seen.add(exchange.getMessage().getHeaders());
            seen.add(String.valueOf(Var.MODEL_SENT.get(exchange)));
            seen.add(String.valueOf(Var.MODEL.get(exchange)));
            seen.add(exchange.isRouteStop());
            end.run();
          });
      Exchange exchange = bench.exchange();
      exchange.getMessage().setBody("asked");
      exchange.getMessage().setHeader("kept", "as it was");
      Var.MODEL.set(exchange, "model");

      bench.send(exchange);

      assertThat(exchange.getException()).isNull();
      assertThat(seen)
          .containsExactly("asked", java.util.Map.of("kept", "as it was"), "null", "model", false);
    }
  }

  @Test
  void failureThatIsNotListedEndsTheRule() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover(LISTED, "a", "b"))) {
      bench.fails("a", WRONG);

      assertThat(bench.send(bench.exchange()).getException()).isSameAs(WRONG);
      assertThat(bench.asked).containsExactly("a");
    }
  }

  @Test
  void withoutAListEveryFailureOfATargetGoesOnAndNoneOfTheRequest() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover("", "a", "b"))) {
      bench.fails("a", new IllegalStateException("a fault"));
      assertThat(bench.send(bench.exchange()).getMessage().getBody()).isEqualTo("b");

      bench.fails("a", WRONG);
      assertThat(bench.send(bench.exchange()).getException()).isSameAs(WRONG);
    }
  }

  @Test
  void nobodyIsAskedForACallerWhoLeft() throws Exception {
    try (RuleBench bench =
        RuleBench.of(RuleBench.failover("exception: [java.lang.Exception]", "a", "b"))) {
      bench.fails("a", new CallerGoneException());

      bench.send(bench.exchange());

      assertThat(bench.asked).containsExactly("a");
    }
  }

  @Test
  void failureOfTheLastTargetTravelsOn() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover(LISTED, "a", "b"))) {
      TargetException last = new TargetException(Kind.TIMEOUT, "b", "late");
      bench.fails("a", DOWN).fails("b", last);

      assertThat(bench.send(bench.exchange()).getException()).isSameAs(last);
      assertThat(bench.asked).containsExactly("a", "b");
    }
  }

  @Test
  void targetsMayEndLater() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover(LISTED, "a", "b", "c"))) {
      List<Runnable> waiting = new ArrayList<>();
      for (String target : List.of("a", "b")) {
        bench.plays(
            target,
            (exchange, end) -> {
              exchange.setException(DOWN);
              waiting.add(end);
            });
      }
      bench.plays("c", (exchange, end) -> waiting.add(end));
      CompletableFuture<Exchange> ended = new CompletableFuture<>();
      Exchange exchange = bench.exchange();
      bench.begin(exchange, ended);

      waiting.get(0).run();
      assertThat(bench.asked).containsExactly("a", "b");
      waiting.get(1).run();
      assertThat(bench.asked).containsExactly("a", "b", "c");
      assertThat(ended).isNotDone();
      waiting.get(2).run();

      assertThat(ended).isDone();
      assertThat(exchange.getException()).isNull();
    }
  }

  @Test
  void atMostSoManyFollowTheFirst() throws Exception {
    try (RuleBench bench =
        RuleBench.of(RuleBench.failover(LISTED + ", maximumFailoverAttempts: 1", "a", "b", "c"))) {
      bench.fails("a", DOWN).fails("b", DOWN);

      assertThat(bench.send(bench.exchange()).getException()).isSameAs(DOWN);
      assertThat(bench.asked).containsExactly("a", "b");
    }
  }

  @Test
  void roundRobinBeginsWithEachInTurnAndAsksNobodyTwice() throws Exception {
    try (RuleBench bench =
        RuleBench.of(RuleBench.failover(LISTED + ", roundRobin: true", "a", "b", "c"))) {
      bench.fails("b", DOWN).fails("c", DOWN).fails("a", DOWN);

      bench.send(bench.exchange());
      bench.send(bench.exchange());

      assertThat(bench.asked).containsExactly("a", "b", "c", "b", "c", "a");
    }
  }

  @Test
  void stickyBeginsWithTheOneThatServedLast() throws Exception {
    try (RuleBench bench = RuleBench.of(RuleBench.failover(LISTED + ", sticky: true", "a", "b"))) {
      bench.fails("a", DOWN);

      bench.send(bench.exchange());
      bench.send(bench.exchange());

      assertThat(bench.asked).containsExactly("a", "b", "b");
    }
  }

  @Test
  void ruleWithoutATargetIsRefused() {
    assertThatThrownBy(
            () ->
                RuleBench.of(
                    "- loadBalance: {id: rule-choose, failoverLoadBalancer: {}, steps: []}"))
        .rootCause()
        .hasMessage("loadBalance rule-choose of route rule (rule.yaml:6): it has no target inside");
  }
}
