package io.aigateway.breaker;

import io.aigateway.call.StepProcessorFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.NamedNode;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.component.resilience4j.ResilienceProcessor;
import org.apache.camel.component.resilience4j.ResilienceReifier;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.support.AsyncProcessorConverterHelper;
import org.jspecify.annotations.Nullable;

/**
 * Builds the asynchronous breaker wherever a route says {@code circuitBreaker}. Camel's own reifier
 * reads the configuration (defaults, named ones, the EIP's own), so that YAML means what Camel's
 * manual says; only the execution differs. What would not be executed is refused at start.
 *
 * <p>The number of failures in a row is no option of the EIP: it comes from the named configuration
 * that the EIP refers to, else from the defaults.
 */
public final class BreakerProcessorFactory extends StepProcessorFactory {
  private final Breakers breakers;
  private final int consecutiveFailures;
  private final Map<String, Integer> consecutiveByConfiguration;

  /**
   * @param consecutiveFailures the default
   * @param consecutiveByConfiguration the number for each named configuration that has its own
   */
  public BreakerProcessorFactory(
      Breakers breakers, int consecutiveFailures, Map<String, Integer> consecutiveByConfiguration) {
    this.breakers = breakers;
    this.consecutiveFailures = consecutiveFailures;
    this.consecutiveByConfiguration = Map.copyOf(consecutiveByConfiguration);
  }

  @Override
  public Processor createProcessor(Route route, NamedNode definition) throws Exception {
    if (definition instanceof CircuitBreakerDefinition breaker) {
      return build(route, breaker);
    }
    return super.createProcessor(route, definition);
  }

  private Processor build(Route route, CircuitBreakerDefinition definition) throws Exception {
    String name = definition.getId();
    if (name == null) {
      throw refused(route, "?", "it has no id, which is its name");
    }
    if (definition.getOnFallback() != null) {
      throw refused(route, name, "onFallback is not supported: fall back through loadBalance");
    }
    ResilienceProcessor stock =
        (ResilienceProcessor) new ResilienceReifier(route, definition).createProcessor();
    if (stock.isTimeoutEnabled() || stock.isBulkheadEnabled()) {
      throw refused(
          route,
          name,
          "timeoutEnabled and bulkheadEnabled are not supported: the llm step has"
              + " timeouts of its own");
    }
    List<Processor> steps = stock.next();
    if (steps == null || steps.isEmpty()) {
      throw refused(route, name, "it has no step inside");
    }
    AsyncProcessor inside = AsyncProcessorConverterHelper.convert(steps.get(0));
    BreakerSettings settings;
    try {
      settings = settings(stock, definition.getConfiguration());
    } catch (IllegalArgumentException e) {
      throw refused(route, name, e.getMessage());
    }
    return new BreakerProcessor(
        breakers.get(name, settings),
        new BreakerProcessor.Own(
            breakers, OnlyProvider.inside(route.getCamelContext(), definition), settings),
        inside);
  }

  private BreakerSettings settings(ResilienceProcessor stock, @Nullable String configuration) {
    if (!"TIME_BASED".equals(stock.getCircuitBreakerSlidingWindowType())) {
      throw new IllegalArgumentException(
          "slidingWindowType is "
              + stock.getCircuitBreakerSlidingWindowType()
              + "; accepted: TIME_BASED");
    }
    int inARow =
        configuration == null
            ? consecutiveFailures
            : consecutiveByConfiguration.getOrDefault(configuration, consecutiveFailures);
    return new BreakerSettings(
        inARow,
        stock.getCircuitBreakerFailureRateThreshold(),
        stock.getCircuitBreakerMinimumNumberOfCalls(),
        Duration.ofSeconds(stock.getCircuitBreakerSlidingWindowSize()),
        Duration.ofSeconds(stock.getCircuitBreakerWaitDurationInOpenState()),
        stock.getCircuitBreakerPermittedNumberOfCallsInHalfOpenState());
  }

  private static IllegalArgumentException refused(
      Route route, String breaker, @Nullable String why) {
    return new IllegalArgumentException(
        "circuitBreaker " + breaker + " of route " + route.getRouteId() + ": " + why);
  }
}
