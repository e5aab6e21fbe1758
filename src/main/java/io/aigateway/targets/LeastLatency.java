package io.aigateway.targets;

import java.time.Duration;
import java.util.List;
import org.apache.camel.AsyncProcessor;

/**
 * The target that begins to answer soonest: of two drawn by lot the quicker one, with the others
 * behind it.
 */
public final class LeastLatency extends Chooser {
  private Duration halfLife = Duration.ofSeconds(10);

  /** After so long a measurement counts half. */
  public void setHalfLife(Duration halfLife) {
    if (halfLife.toMillis() < 100) {
      throw new IllegalArgumentException(
          "halfLife is " + halfLife.toMillis() + " ms; accepted: 100ms or more");
    }
    this.halfLife = halfLife;
  }

  @Override
  Group over(List<AsyncProcessor> targets, List<String> names, Tools tools) {
    if (targets.size() < 2) {
      throw new IllegalArgumentException("it has one target; accepted: 2 or more");
    }
    Order order = new LatencyOrder(targets.size(), halfLife, tools.nanoClock(), tools.random());
    return inOrder(targets, order, passable(), tools);
  }
}
