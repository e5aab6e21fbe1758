package io.aigateway.targets;

import io.aigateway.breaker.BreakerProcessorFactory;
import io.aigateway.error.TargetException;
import java.util.List;
import java.util.TreeSet;
import org.apache.camel.Exchange;
import org.apache.camel.Expression;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.LoadBalanceDefinition;
import org.apache.camel.model.LoadBalancerDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.apache.camel.model.loadbalancer.CustomLoadBalancerDefinition;
import org.apache.camel.model.loadbalancer.FailoverLoadBalancerDefinition;
import org.apache.camel.model.loadbalancer.StickyLoadBalancerDefinition;
import org.apache.camel.model.loadbalancer.WeightedLoadBalancerDefinition;
import org.apache.camel.processor.DefaultProcessorFactory;
import org.apache.camel.processor.WireTapProcessor;
import org.apache.camel.processor.loadbalancer.FailOverLoadBalancer;
import org.apache.camel.processor.loadbalancer.StickyLoadBalancer;
import org.apache.camel.reifier.WireTapReifier;
import org.apache.camel.reifier.loadbalancer.FailoverLoadBalancerReifier;
import org.apache.camel.reifier.loadbalancer.StickyLoadBalancerReifier;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.jspecify.annotations.Nullable;

/**
 * Builds what carries out the steps by which routes choose and ask targets: {@code circuitBreaker},
 * {@code loadBalance} and {@code wireTap}. Camel's own reifiers read the definitions, so that YAML
 * means what Camel's manual says; only the execution differs. Camel takes one such factory.
 */
public final class TargetProcessorFactory extends DefaultProcessorFactory {
  private static final Passable TARGETS_FAILURES =
      new Passable(List.<Class<?>>of(TargetException.class));

  private final BreakerProcessorFactory breakers;
  private final Tools tools;

  public TargetProcessorFactory(BreakerProcessorFactory breakers, Tools tools) {
    this.breakers = breakers;
    this.tools = tools;
  }

  @Override
  public @Nullable Processor createProcessor(Route route, NamedNode definition) throws Exception {
    if (definition instanceof CircuitBreakerDefinition) {
      Processor breaker = breakers.createProcessor(route, definition);
      return new Again(AsyncProcessorConverterHelper.convert(breaker), tools);
    }
    if (definition instanceof LoadBalanceDefinition balance) {
      try {
        return balancer(route, balance);
      } catch (IllegalArgumentException e) {
        String said = String.valueOf(e.getMessage());
        // what is wrong with a step inside says where it is
        throw said.contains(" of route ")
            ? e
            : new IllegalArgumentException(
                "loadBalance " + balance.getId() + place(route, balance) + ": " + said,
                e.getCause());
      }
    }
    if (definition instanceof WireTapDefinition<?> tap) {
      WireTapProcessor stock = (WireTapProcessor) new WireTapReifier(route, tap).createProcessor();
      stock.setCamelContext(route.getCamelContext());
      return new Shadow(stock, tools);
    }
    return breakers.createProcessor(route, definition);
  }

  /** The route and, where Camel knows it, the file and the line. */
  private static String place(Route route, LoadBalanceDefinition definition) {
    String file = definition.getLocation();
    String name =
        file == null
            ? ""
            : file.substring(Math.max(file.lastIndexOf('/'), file.lastIndexOf(':')) + 1);
    return " of route "
        + route.getRouteId()
        + (name.isEmpty() ? "" : " (" + name + ":" + definition.getLineNumber() + ")");
  }

  private @Nullable Processor balancer(Route route, LoadBalanceDefinition definition)
      throws Exception {
    LoadBalancerDefinition kind = definition.getLoadBalancerType();
    if (kind instanceof FailoverLoadBalancerDefinition failover) {
      return failover(targets(route, definition), stock(route, failover));
    }
    if (kind instanceof WeightedLoadBalancerDefinition weighted) {
      return weighted(targets(route, definition), weighted);
    }
    if (kind instanceof StickyLoadBalancerDefinition sticky) {
      return sticky(targets(route, definition), expression(route, sticky));
    }
    if (kind instanceof CustomLoadBalancerDefinition custom && custom.getRef() != null) {
      Chooser chooser = chooser(route, custom.getRef());
      if (chooser != null) {
        TargetReader.Targets targets = targets(route, definition);
        return chooser.over(targets.steps(), targets.names(), tools);
      }
    }
    // Camel's own: one target, and no other when that fails
    return null;
  }

  private static TargetReader.Targets targets(Route route, LoadBalanceDefinition definition)
      throws Exception {
    return new TargetReader(route, definition).read();
  }

  private static FailOverLoadBalancer stock(Route route, FailoverLoadBalancerDefinition kind) {
    return (FailOverLoadBalancer) new FailoverLoadBalancerReifier(route, kind).createLoadBalancer();
  }

  private Processor failover(TargetReader.Targets targets, FailOverLoadBalancer stock) {
    int count = targets.steps().size();
    Order order =
        stock.isSticky()
            ? Order.lastGood(count)
            : stock.isRoundRobin() ? Order.turns(count) : Order.written(count);
    int most = stock.getMaximumFailoverAttempts();
    return new Failover(
        targets.steps(),
        order,
        new Passable(stock.getExceptions() == null ? List.of() : stock.getExceptions()),
        most < 0 ? Integer.MAX_VALUE : most,
        tools.nanoClock());
  }

  private Processor weighted(
      TargetReader.Targets targets, WeightedLoadBalancerDefinition definition) {
    String delimiter = definition.getDistributionRatioDelimiter();
    Weights weights =
        Weights.of(
            "distributionRatio",
            String.valueOf(definition.getDistributionRatio()),
            delimiter == null ? "," : delimiter,
            targets.steps().size());
    boolean inTurn = Boolean.parseBoolean(definition.getRoundRobin());
    return Chooser.inOrder(
        targets.steps(),
        new WeightedOrder(weights, inTurn ? null : tools.random()),
        TARGETS_FAILURES,
        tools);
  }

  private static Expression expression(Route route, StickyLoadBalancerDefinition kind) {
    StickyLoadBalancer stock =
        (StickyLoadBalancer) new StickyLoadBalancerReifier(route, kind).createLoadBalancer();
    return stock.getCorrelationExpression();
  }

  private Processor sticky(TargetReader.Targets targets, Expression expression) {
    return Chooser.inOrder(
        targets.steps(),
        new StickyOrder(
            targets.names(),
            Weights.equal(targets.steps().size()),
            exchange -> key(exchange, expression)),
        TARGETS_FAILURES,
        tools);
  }

  private static String key(Exchange exchange, Expression expression) {
    String value = expression.evaluate(exchange, String.class);
    return value == null || value.isBlank() ? Sticky.caller(exchange) : value;
  }

  /** The chooser of this name; null when it is a balancer of Camel's own kind. */
  private static @Nullable Chooser chooser(Route route, String ref) {
    String name =
        ref.startsWith("#bean:") ? ref.substring(6) : ref.startsWith("#") ? ref.substring(1) : ref;
    Object found = route.getCamelContext().getRegistry().lookupByName(name);
    if (found == null) {
      TreeSet<String> known =
          new TreeSet<>(
              route.getCamelContext().getRegistry().findByTypeWithName(Chooser.class).keySet());
      throw new IllegalArgumentException(
          "ref is '"
              + ref
              + "', which is no bean; accepted: "
              + String.join(", ", known)
              + ", or one that a file of beans makes");
    }
    return found instanceof Chooser chooser ? chooser : null;
  }
}
