package io.aigateway.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.call.Call;
import io.aigateway.chat.Usage;
import io.aigateway.error.ApiError;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RaceTest {
  private static final TargetException DOWN = new TargetException(Kind.CONNECT, "a", "refused");

  private final Map<String, Runnable> atWork = new HashMap<>();
  private final Map<String, Call> views = new HashMap<>();
  private final Map<String, Exchange> exchanges = new HashMap<>();
  private final StubRequest request = new StubRequest("/");
  private final CompletableFuture<Exchange> ended = new CompletableFuture<>();
  private RuleBench bench;
  private Exchange exchange;

  @BeforeEach
  void begin() throws Exception {
    Hedge hedge = new Hedge();
    hedge.setDelay(Duration.ofMillis(800));
    bench = RuleBench.of(rule("a", "b", "c"), Map.of("quick", hedge));
    for (String target : new String[] {"a", "b", "c"}) {
      bench.plays(target, (copy, end) -> work(target, copy, end));
    }
    exchange = bench.exchange(request, false);
    exchange.getMessage().setBody("asked");
    bench.begin(exchange, ended);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private static String rule(String... targets) {
    return RuleBench.failover("", targets)
        .replace("failoverLoadBalancer: {}", "customLoadBalancer: {ref: quick}");
  }

  /** A call that goes on until a test or a cancellation ends it. */
  private void work(String target, Exchange copy, Runnable end) {
    Call view = Call.of(copy);
    views.put(target, view);
    exchanges.put(target, copy);
    view.takeAttempt(RuleBench.MOST, target);
    atWork.put(target, end);
    view.upstream(
        () -> {
          copy.setException(new CallerGoneException());
          end.run();
        });
  }

  private void serves(String target) {
    views.get(target).upstream(null);
    views.get(target).answered(target, "m-" + target);
    views.get(target).used(new Usage(5, 7));
    exchanges.get(target).getMessage().setBody("from " + target);
    atWork.remove(target).run();
  }

  private void fails(String target, Exception why) {
    views.get(target).upstream(null);
    if (why instanceof TargetException failure) {
      views.get(target).failed(target, "m", failure);
    }
    exchanges.get(target).setException(why);
    atWork.remove(target).run();
  }

  private double count(String meter, String... tags) {
    var counter = bench.meters.find(meter).tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  @Test
  void firstTargetThatIsInTimeIsTheOnlyOneAsked() {
    serves("a");

    assertThat(ended).isDone();
    assertThat(exchange.getMessage().getBody()).isEqualTo("from a");
    assertThat(Call.of(exchange).answeredBy()).isEqualTo("a");
    assertThat(bench.timers.last().takenBack).isTrue();
    assertThat(bench.asked).containsExactly("a");
    assertThat(bench.meters.find("aigateway.hedges").counters()).isEmpty();
  }

  @Test
  void streamThatWonKeepsTheRequestNoLongerThanTheCallDoes() {
    bench.timers.last().goOff();
    serves("b");

    Call.of(exchange).forgetBody();

    assertThat(views.get("b").isBodySpent()).isTrue();
    // what it cost is told from what was asked
    assertThat(views.get("a").isBodySpent()).isFalse();
  }

  @Test
  void secondTargetIsAskedAfterTheDelayAndMayWin() {
    assertThat(bench.timers.last().wait).isEqualTo(Duration.ofMillis(800));
    Call call = Call.of(exchange);
    bench.timers.last().goOff();
    assertThat(bench.asked).containsExactly("a", "b");

    serves("b");

    assertThat(ended).isDone();
    assertThat(exchange.getException()).isNull();
    assertThat(exchange.getMessage().getBody()).isEqualTo("from b");
    assertThat(Call.of(exchange)).isSameAs(call);
    assertThat(call.answeredBy()).isEqualTo("b");
    assertThat(call.modelSent()).isEqualTo("m-b");
    assertThat(call.usage()).isEqualTo(new Usage(5, 7));
    assertThat(call.asked()).isEqualTo(2);
    assertThat(call.attempts()).hasSize(1);
  }

  @Test
  void loserIsEndedAtOnceAndCountedApart() {
    bench.timers.last().goOff();
    serves("b");

    assertThat(exchanges.get("a").getException()).isInstanceOf(CallerGoneException.class);
    assertThat(count("aigateway.hedges", "provider", "b", "outcome", "won")).isEqualTo(1);
    assertThat(count("aigateway.hedges", "provider", "a", "outcome", "lost")).isEqualTo(1);
    assertThat(count("aigateway.hedge.loser.tokens", "provider", "a", "type", "input_estimated"))
        .isPositive();
    assertThat(Call.of(exchange).usage()).isEqualTo(new Usage(5, 7));
  }

  @Test
  void firstTargetMayStillWin() {
    bench.timers.last().goOff();
    serves("a");

    assertThat(exchange.getMessage().getBody()).isEqualTo("from a");
    assertThat(exchanges.get("b").getException()).isInstanceOf(CallerGoneException.class);
    assertThat(count("aigateway.hedges", "provider", "b", "outcome", "lost")).isEqualTo(1);
  }

  @Test
  void failureOfTheFirstStartsTheSecondAtOnce() {
    fails("a", DOWN);

    assertThat(bench.asked).containsExactly("a", "b");
    assertThat(bench.timers.set.get(0).takenBack).isTrue();
    serves("b");
    assertThat(exchange.getException()).isNull();
    assertThat(Call.of(exchange).attempts()).hasSize(2);
    assertThat(bench.meters.find("aigateway.hedges").counters()).isEmpty();
  }

  @Test
  void whileOneIsAtWorkAFailureIsNotTheEnd() {
    bench.timers.last().goOff();
    fails("b", DOWN);
    assertThat(bench.asked).containsExactly("a", "b", "c");
    fails("c", DOWN);
    assertThat(ended).isNotDone();

    serves("a");

    assertThat(exchange.getMessage().getBody()).isEqualTo("from a");
    assertThat(Call.of(exchange).attempts()).hasSize(3);
  }

  @Test
  void failureOfAllTravelsOn() {
    fails("a", DOWN);
    fails("b", DOWN);
    TargetException last = new TargetException(Kind.TIMEOUT, "c", "late");
    fails("c", last);

    assertThat(exchange.getException()).isSameAs(last);
    assertThat(Call.of(exchange).attempts()).hasSize(3);
  }

  @Test
  void refusalOfTheRequestEndsTheOtherCallToo() {
    bench.timers.last().goOff();
    RequestException wrong = new RequestException(ApiError.invalid("model", "wrong"));
    fails("a", wrong);

    assertThat(exchange.getException()).isSameAs(wrong);
    assertThat(exchanges.get("b").getException()).isInstanceOf(CallerGoneException.class);
    assertThat(bench.asked).containsExactly("a", "b");
  }

  @Test
  void callerWhoLeavesEndsBothCalls() {
    bench.timers.last().goOff();
    request.leave();

    assertThat(ended).isDone();
    assertThat(exchange.getException()).isInstanceOf(CallerGoneException.class);
    assertThat(exchanges.get("a").getException()).isInstanceOf(CallerGoneException.class);
    assertThat(exchanges.get("b").getException()).isInstanceOf(CallerGoneException.class);
    assertThat(bench.meters.find("aigateway.hedges").counters()).isEmpty();
  }

  @Test
  void callerWhoLeavesEndsTheWaitForTheSecond() {
    request.leave();

    assertThat(ended).isDone();
    assertThat(bench.timers.last().takenBack).isTrue();
    assertThat(bench.asked).containsExactly("a");
  }

  @Test
  void winnersStreamStillTellsTheCallWhatItUsed() {
    bench.timers.last().goOff();
    serves("b");

    views.get("b").used(new Usage(5, 70));

    assertThat(Call.of(exchange).usage()).isEqualTo(new Usage(5, 70));
  }

  @Test
  void oneTargetIsNoRace() {
    assertThatThrownBy(() -> RuleBench.of(rule("a"), Map.of("quick", new Hedge())))
        .rootCause()
        .hasMessage(
            "loadBalance rule-choose of route rule (rule.yaml:7): it has one target; accepted: 2 or more");
  }

  @Test
  void beanThatIsNotThereIsNamed() {
    assertThatThrownBy(() -> RuleBench.of(rule("a", "b"), Map.of("hedge", new Hedge())))
        .rootCause()
        .hasMessage(
            "loadBalance rule-choose of route rule (rule.yaml:7): ref is 'quick', which is no bean; accepted:"
                + " hedge, or one that a file of beans makes");
  }
}
