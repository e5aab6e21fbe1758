package io.aigateway.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** In which order are targets asked? */
class OrdersTest {
  private final Exchange exchange = new DefaultExchange(new DefaultCamelContext());

  private int[] firsts(Order order, int times, int targets) {
    int[] counts = new int[targets];
    for (int i = 0; i < times; i++) {
      counts[order.of(exchange)[0]]++;
    }
    return counts;
  }

  @Test
  void sharesInTurnAreExact() {
    Order order = new WeightedOrder(new Weights(List.of(1, 3, 0)), null);

    assertThat(firsts(order, 400, 3)).containsExactly(100, 300, 0);
  }

  @Test
  void sharesByLotComeOutOverTime() {
    Random random = new Random(7);
    Order order = new WeightedOrder(new Weights(List.of(95, 5)), random::nextDouble);

    assertThat(firsts(order, 10_000, 2)[1]).isBetween(430, 570);
  }

  @Test
  void othersFollowAsWritten() {
    Order order = new WeightedOrder(new Weights(List.of(0, 0, 1)), () -> 0.999);

    assertThat(order.of(exchange)).containsExactly(2, 0, 1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "1,2,3", "1;2", "0,0", "-1,2", "1,x", "", "1,1000001"})
  void weightsMustFitTheTargets(String text) {
    assertThatThrownBy(() -> Weights.of("distributionRatio", text, ",", 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "distributionRatio is '%s' for 2 targets; accepted: 2 whole numbers from 0 to 1000000,"
                + " one of them above 0",
            text);
  }

  @Test
  void sameKeyHasTheSameOrderAndSharesComeOut() {
    Weights weights = new Weights(List.of(95, 5));
    AtomicLong key = new AtomicLong();
    Order order = new StickyOrder(List.of("stable", "canary"), weights, e -> "caller-" + key.get());
    int canary = 0;
    for (int i = 0; i < 20_000; i++) {
      key.set(i);
      int[] once = order.of(exchange);
      assertThat(order.of(exchange)).isEqualTo(once);
      canary += once[0];
    }

    assertThat(canary).isBetween(880, 1120);
  }

  @Test
  void targetThatComesMovesOnlyTheKeysThatItGets() {
    AtomicLong key = new AtomicLong();
    Order two = new StickyOrder(List.of("a", "b"), Weights.equal(2), e -> "key" + key.get());
    Order three = new StickyOrder(List.of("a", "b", "c"), Weights.equal(3), e -> "key" + key.get());
    int moved = 0;
    for (int i = 0; i < 9_000; i++) {
      key.set(i);
      int before = two.of(exchange)[0];
      int after = three.of(exchange)[0];
      if (after != before) {
        assertThat(after).isEqualTo(2);
        moved++;
      }
    }

    assertThat(moved).isBetween(2800, 3200);
  }

  @Test
  void targetOfNoWeightComesLast() {
    Order order = new StickyOrder(List.of("a", "b"), new Weights(List.of(0, 1)), e -> "any");

    assertThat(order.of(exchange)).containsExactly(1, 0);
  }

  @Test
  void quickerOneOfTwoBegins() {
    AtomicLong now = new AtomicLong();
    Random random = new Random(3);
    LatencyOrder order = new LatencyOrder(3, Duration.ofSeconds(10), now::get, random::nextDouble);
    order.ended(0, exchange, 300_000_000, true);
    order.ended(1, exchange, 100_000_000, true);
    order.ended(2, exchange, 200_000_000, true);

    int[] counts = firsts(order, 3000, 3);

    // the slowest is in no pair the quicker one, the quickest in two of three pairs
    assertThat(counts[0]).isZero();
    assertThat(counts[1]).isBetween(1850, 2150);
    for (int i = 0; i < 50; i++) {
      int[] all = order.of(exchange);
      assertThat(all[1] == 0 && all[2] != 0).as("the rest by speed").isFalse();
    }
  }

  @Test
  void targetThatWasSlowIsTriedAgainAfterAWhile() {
    AtomicLong now = new AtomicLong();
    LatencyOrder order = new LatencyOrder(2, Duration.ofSeconds(10), now::get, () -> 0);
    order.ended(0, exchange, 400_000_000, true);
    order.ended(1, exchange, 100_000_000, true);
    assertThat(order.of(exchange)[0]).isEqualTo(1);

    for (int i = 0; i < 6; i++) {
      now.addAndGet(5_000_000_000L);
      order.ended(1, exchange, 100_000_000, true);
    }

    assertThat(order.of(exchange)[0]).isZero();
  }

  @Test
  void quickFailureIsNoGoodAnswer() {
    LatencyOrder order = new LatencyOrder(2, Duration.ofSeconds(10), () -> 0, () -> 0);
    order.ended(0, exchange, 50_000_000, true);
    order.ended(1, exchange, 1_000, false);

    assertThat(order.of(exchange)[0]).isZero();
  }

  @Test
  void unknownTargetsAreTriedFirst() {
    LatencyOrder order = new LatencyOrder(2, Duration.ofSeconds(10), () -> 0, () -> 0);
    order.ended(0, exchange, 1, true);

    assertThat(order.of(exchange)[0]).isEqualTo(1);
  }

  @Test
  void turnsAreFair() {
    List<Integer> firsts = new ArrayList<>();
    Order order = Order.turns(3);
    for (int i = 0; i < 4; i++) {
      firsts.add(order.of(exchange)[0]);
    }

    assertThat(firsts).containsExactly(0, 1, 2, 0);
  }
}
