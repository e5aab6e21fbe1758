package io.aigateway.breaker;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.camel.CamelContext;
import org.apache.camel.model.CircuitBreakerDefinition;
import org.apache.camel.model.EnrichDefinition;
import org.apache.camel.model.Model;
import org.apache.camel.model.ProcessorDefinition;
import org.apache.camel.model.ProcessorDefinitionHelper;
import org.apache.camel.model.RouteDefinition;
import org.apache.camel.model.ToDefinition;
import org.apache.camel.model.ToDynamicDefinition;
import org.apache.camel.model.WireTapDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Which provider do the steps of a {@code circuitBreaker} call, here and in the routes that they
 * call through {@code direct}? Looked for in the definitions of a set of routes, all of which are
 * there before the first route is built. For one thread.
 */
final class OnlyProvider {
  private static final String CALL = "llm:";
  private static final String ROUTE = "direct:";

  private final CamelContext context;
  private final List<RouteDefinition> routes;
  private final Set<String> providers = new HashSet<>();
  private final Set<String> followed = new HashSet<>();
  private boolean any;

  private OnlyProvider(CamelContext context) {
    this.context = context;
    this.routes =
        context.getCamelContextExtension().getContextPlugin(Model.class).getRouteDefinitions();
  }

  /** The provider's name; null when there are several or none, or a message chooses who it is. */
  static @Nullable String inside(CamelContext context, CircuitBreakerDefinition breaker) {
    OnlyProvider search = new OnlyProvider(context);
    search.look(breaker.getOutputs());
    return search.any || search.providers.size() != 1 ? null : search.providers.iterator().next();
  }

  private void look(List<ProcessorDefinition<?>> steps) {
    Collection<ToDefinition> calls =
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDefinition.class);
    for (ToDefinition call : calls) {
      String uri = context.resolvePropertyPlaceholders(call.getUri());
      if (uri.startsWith(CALL)) {
        providers.add(name(uri, CALL));
      } else if (uri.startsWith(ROUTE) && followed.add(name(uri, ROUTE))) {
        follow(name(uri, ROUTE));
      }
    }
    // what a tap sends away is not what comes back
    any |=
        ProcessorDefinitionHelper.filterTypeInOutputs(steps, ToDynamicDefinition.class).stream()
                .anyMatch(step -> !(step instanceof WireTapDefinition))
            || !ProcessorDefinitionHelper.filterTypeInOutputs(steps, EnrichDefinition.class)
                .isEmpty();
  }

  private void follow(String direct) {
    for (RouteDefinition route : routes) {
      String from = context.resolvePropertyPlaceholders(route.getInput().getEndpointUri());
      if (from.startsWith(ROUTE) && name(from, ROUTE).equals(direct)) {
        look(route.getOutputs());
      }
    }
  }

  private static String name(String uri, String scheme) {
    int query = uri.indexOf('?');
    String name = uri.substring(scheme.length(), query < 0 ? uri.length() : query);
    return name.startsWith("//") ? name.substring(2) : name;
  }
}
