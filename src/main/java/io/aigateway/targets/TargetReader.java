package io.aigateway.targets;

import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Route;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.reifier.LoadBalanceReifier;

/** Builds the targets of a {@code loadBalance} as Camel does, whatever chooses among them. */
final class TargetReader extends LoadBalanceReifier {
  /**
   * @param names their ids, in the same order
   */
  record Targets(List<AsyncProcessor> steps, List<String> names) {}

  TargetReader(Route route, LoadBalanceDefinition definition) {
    super(route, definition);
  }

  Targets read() throws Exception {
    List<AsyncProcessor> steps = new ArrayList<>();
    List<String> names = new ArrayList<>();
    for (ProcessorDefinition<?> target : definition.getOutputs()) {
      if (target instanceof LoadBalanceDefinition) {
        throw new IllegalArgumentException(
            "its target "
                + target.getId()
                + " is a loadBalance itself; accepted: one inside a pipeline");
      }
      steps.add(wrapChannel(createProcessor(target), target));
      names.add(String.valueOf(target.getId()));
    }
    if (steps.isEmpty()) {
      throw new IllegalArgumentException("it has no target inside");
    }
    return new Targets(steps, names);
  }
}
