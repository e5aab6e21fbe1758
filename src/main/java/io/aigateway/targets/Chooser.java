package io.aigateway.targets;

import io.aigateway.error.TargetException;
import java.util.Arrays;
import java.util.List;
import org.apache.camel.AsyncProcessor;

/**
 * A way of choosing among targets that Camel has no step for. A rule names one by {@code
 * customLoadBalancer}; a file of {@code beans} makes one with numbers of its own. It only holds
 * these numbers: several rules may name the same one.
 */
public abstract sealed class Chooser permits LeastLatency, Sticky, Hedge {
  private String exception = TargetException.class.getName();

  Chooser() {}

  /** The failures that go on to the next target: names of classes, separated by commas. */
  public void setException(String exception) {
    this.exception = exception;
  }

  /**
   * The step that chooses.
   *
   * @param names of the targets, in their order
   * @throws IllegalArgumentException when the numbers don't fit the targets
   */
  abstract Group over(List<AsyncProcessor> targets, List<String> names, Tools tools);

  final Passable passable() {
    return Passable.named(
        Arrays.stream(exception.split(",")).map(String::trim).filter(n -> !n.isEmpty()).toList());
  }

  static Failover inOrder(
      List<AsyncProcessor> targets, Order order, Passable passable, Tools tools) {
    return new Failover(targets, order, passable, Integer.MAX_VALUE, tools.nanoClock());
  }
}
