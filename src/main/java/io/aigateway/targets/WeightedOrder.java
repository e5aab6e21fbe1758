package io.aigateway.targets;

import java.util.function.DoubleSupplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** One target begins by its share of the traffic; the others follow as they are written. */
final class WeightedOrder implements Order {
  private final int[] weights;
  private final int sum;
  private final int[][] orders;
  private final @Nullable DoubleSupplier random;
  private final int[] credit;

  /**
   * @param random from 0 to 1; null spreads the shares evenly instead
   */
  WeightedOrder(Weights shares, @Nullable DoubleSupplier random) {
    this.weights = shares.each().stream().mapToInt(Integer::intValue).toArray();
    this.sum = shares.each().stream().mapToInt(Integer::intValue).sum();
    this.random = random;
    this.credit = new int[weights.length];
    this.orders = new int[weights.length][];
    for (int first = 0; first < weights.length; first++) {
      orders[first] = Order.firstThenWritten(first, weights.length);
    }
  }

  @Override
  public int[] of(Exchange exchange) {
    return orders[random == null ? inTurn() : drawn(random.getAsDouble() * sum)];
  }

  private int drawn(double point) {
    int at = 0;
    double below = weights[0];
    while (point >= below && at < weights.length - 1) {
      at++;
      below += weights[at];
    }
    return at;
  }

  /** Everyone earns its weight, the richest is chosen and pays for all: no one waits for long. */
  private synchronized int inTurn() {
    int richest = -1;
    for (int i = 0; i < weights.length; i++) {
      credit[i] += weights[i];
      if (weights[i] > 0 && (richest < 0 || credit[i] > credit[richest])) {
        richest = i;
      }
    }
    credit[richest] -= sum;
    return richest;
  }
}
