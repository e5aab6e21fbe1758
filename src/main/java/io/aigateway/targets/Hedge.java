package io.aigateway.targets;

import java.time.Duration;
import java.util.List;
import org.apache.camel.AsyncProcessor;

/**
 * A second target for those who have waited long enough: the first content wins, the other target's
 * call is ended.
 */
public final class Hedge extends Chooser {
  private Duration delay = Duration.ofSeconds(1);

  /** How long the first target has for its first content before the second one is asked too. */
  public void setDelay(Duration delay) {
    if (delay.toMillis() < 1) {
      throw new IllegalArgumentException(
          "delay is " + delay.toMillis() + " ms; accepted: 1ms or more");
    }
    this.delay = delay;
  }

  @Override
  Group over(List<AsyncProcessor> targets, List<String> names, Tools tools) {
    if (targets.size() < 2) {
      throw new IllegalArgumentException("it has one target; accepted: 2 or more");
    }
    return new Race(targets, delay, passable(), tools);
  }
}
