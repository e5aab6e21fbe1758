package io.aigateway.reload;

import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;

/**
 * What may routes use? Whoever can write a route file can do no more than this.
 *
 * @param components schemes of endpoints
 * @param languages languages of expressions
 * @param functions functions of the simple language; {@code name.*} is followed by one name
 * @param beanTypes classes that a {@code bean} step may name
 * @param choosers classes that a file of {@code beans} may make objects of, and that a rule may
 *     name by {@code customLoadBalancer}
 */
@ConfigurationProperties("gateway.routes.accepted")
public record RouteLimits(
    Set<String> components,
    Set<String> languages,
    Set<String> functions,
    Set<String> beanTypes,
    Set<String> choosers) {
  public RouteLimits {
    components = Set.copyOf(components);
    languages = Set.copyOf(languages);
    functions = Set.copyOf(functions);
    beanTypes = beanTypes == null ? Set.of() : Set.copyOf(beanTypes);
    choosers = choosers == null ? Set.of() : Set.copyOf(choosers);
  }
}
