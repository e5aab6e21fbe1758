package io.aigateway.targets;

import io.aigateway.breaker.BreakerProcessorFactory;
import java.util.List;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Channel;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.loadbalancer.FailoverLoadBalancerDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.apache.camel.processor.loadbalancer.FailOverLoadBalancer;
import org.apache.camel.reifier.LoadBalanceReifier;
import org.jspecify.annotations.Nullable;

/**
 * Builds what carries out the steps by which routes choose and ask targets: {@code circuitBreaker}
 * and {@code loadBalance}. Camel's own reifiers read the definitions, so that YAML means what
 * Camel's manual says; only the execution differs. Camel takes one such factory.
 */
public final class TargetProcessorFactory extends DefaultProcessorFactory {
  private final BreakerProcessorFactory breakers;

  public TargetProcessorFactory(BreakerProcessorFactory breakers) {
    this.breakers = breakers;
  }

  @Override
  public @Nullable Processor createProcessor(Route route, NamedNode definition) throws Exception {
    if (definition instanceof LoadBalanceDefinition balance) {
      return balancer(route, balance);
    }
    return breakers.createProcessor(route, definition);
  }

  private static @Nullable Processor balancer(Route route, LoadBalanceDefinition definition)
      throws Exception {
    if (!(definition.getLoadBalancerType() instanceof FailoverLoadBalancerDefinition)) {
      // Camel's own
      return null;
    }
    Channel built = (Channel) new LoadBalanceReifier(route, definition).createProcessor();
    FailOverLoadBalancer stock = (FailOverLoadBalancer) built.getNextProcessor();
    List<AsyncProcessor> targets = stock.getProcessors();
    if (targets.isEmpty()) {
      throw refused(route, definition, "it has no target inside");
    }
    int most = stock.getMaximumFailoverAttempts();
    return new Failover(
        targets,
        order(stock, targets.size()),
        new Passable(stock.getExceptions() == null ? List.of() : stock.getExceptions()),
        most < 0 ? Integer.MAX_VALUE : most);
  }

  private static Order order(FailOverLoadBalancer stock, int targets) {
    if (stock.isSticky()) {
      return Order.lastGood(targets);
    }
    return stock.isRoundRobin() ? Order.turns(targets) : Order.written(targets);
  }

  private static IllegalArgumentException refused(
      Route route, LoadBalanceDefinition definition, String why) {
    return new IllegalArgumentException(
        "loadBalance " + definition.getId() + " of route " + route.getRouteId() + ": " + why);
  }
}
