package io.aigateway.reload;

import io.aigateway.call.RouteStep;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What may routes use? Whoever can write a route file can do no more than this.
 *
 * @param components schemes of endpoints
 * @param languages languages of expressions
 * @param functions functions of the simple language; {@code name.*} is followed by one name
 * @param steps what a list of steps may hold
 * @param options of steps, besides those that name no object
 * @param beanTypes classes that a {@code bean} step may name, or call by {@code ref}, besides the
 *     gateway's own steps
 * @param choosers classes that a file of {@code beans} may make objects of, and that a rule may
 *     name by {@code customLoadBalancer}
 */
@ConfigurationProperties("gateway.routes.accepted")
public record RouteLimits(
    Set<String> components,
    Set<String> languages,
    Set<String> functions,
    Set<String> steps,
    @Nullable Set<String> options,
    @Nullable Set<String> beanTypes,
    @Nullable Set<String> choosers) {
  public RouteLimits {
    components = Set.copyOf(components);
    languages = Set.copyOf(languages);
    functions = Set.copyOf(functions);
    steps = Set.copyOf(steps);
    options = options == null ? Set.of() : Set.copyOf(options);
    beanTypes = beanTypes == null ? Set.of() : Set.copyOf(beanTypes);
    choosers = choosers == null ? Set.of() : Set.copyOf(choosers);
  }

  /** Whether routes may call this class as a step. */
  boolean acceptsStep(Class<?> type) {
    return type.isAnnotationPresent(RouteStep.class) || beanTypes.contains(type.getName());
  }

  /** Whether routes may name this class as a way of choosing. */
  boolean acceptsChooser(Class<?> type) {
    return choosers.contains(type.getName());
  }
}
