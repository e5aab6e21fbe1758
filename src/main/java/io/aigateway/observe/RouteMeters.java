package io.aigateway.observe;

import io.aigateway.call.Call;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.LongAdder;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.NamedNode;
import org.apache.camel.Route;
import org.apache.camel.component.micrometer.MicrometerConstants;
import org.apache.camel.spi.RoutePolicy;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.support.RoutePolicySupport;

/**
 * How many exchanges have gone through each route? Under the names of Camel's own meters, whose
 * policy takes a timer and a look-up of tags for each exchange and route, 15 % of a request. A
 * route keeps its counts when another set of routes comes; warm-up leaves no trace. For all
 * threads.
 */
public final class RouteMeters implements RoutePolicyFactory {
  private final MeterRegistry registry;
  private final ConcurrentMap<String, Counts> routes = new ConcurrentHashMap<>();

  public RouteMeters(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public RoutePolicy createRoutePolicy(CamelContext context, String routeId, NamedNode route) {
    // one for each set of routes, since a set that ends stops its own
    return new Counting(routes.computeIfAbsent(routeId, this::counts));
  }

  private Counts counts(String routeId) {
    Counts counts = new Counts(new LongAdder(), new LongAdder(), new LongAdder());
    Tags tags =
        Tags.of(
            MicrometerConstants.ROUTE_ID_TAG,
            routeId,
            MicrometerConstants.KIND,
            MicrometerConstants.KIND_ROUTE);
    FunctionCounter.builder(
            MicrometerConstants.DEFAULT_CAMEL_ROUTE_POLICY_EXCHANGES_TOTAL_METER_NAME,
            counts.done(),
            LongAdder::sum)
        .description("Exchanges that a route has ended")
        .tags(tags)
        .register(registry);
    FunctionCounter.builder(
            MicrometerConstants.DEFAULT_CAMEL_ROUTE_POLICY_EXCHANGES_FAILED_METER_NAME,
            counts.failed(),
            LongAdder::sum)
        .description("Those of them that ended with an exception")
        .tags(tags)
        .register(registry);
    Gauge.builder(
            MicrometerConstants.DEFAULT_CAMEL_ROUTES_EXCHANGES_INFLIGHT,
            counts.begun(),
            begun -> begun.sum() - counts.done().sum())
        .description("Exchanges that are in a route")
        .tags(tags)
        .register(registry);
    return counts;
  }

  private record Counts(LongAdder begun, LongAdder done, LongAdder failed) {}

  private static final class Counting extends RoutePolicySupport {
    private final Counts counts;

    Counting(Counts counts) {
      this.counts = counts;
    }

    @Override
    public void onExchangeBegin(Route route, Exchange exchange) {
      counts.begun().increment();
    }

    @Override
    public void onExchangeDone(Route route, Exchange exchange) {
      Call call = Call.find(exchange);
      if (call != null && call.isWarmUp()) {
        counts.begun().decrement();
        return;
      }
      counts.done().increment();
      if (exchange.getException() != null) {
        counts.failed().increment();
      }
    }
  }
}
