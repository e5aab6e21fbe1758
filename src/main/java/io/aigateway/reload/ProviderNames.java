package io.aigateway.reload;

import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Which providers are there, by the route files alone? For whoever has no gateway to ask; reads the
 * files as the check of a gateway does.
 */
public final class ProviderNames {
  /** Nobody is told what is wrong, so only what leads to a provider counts. */
  private static final RouteLimits LIMITS =
      new RouteLimits(
          Set.of("direct", "llm"), Set.of(), Set.of(), Set.of(), Set.of(), Set.of(), Set.of());

  private ProviderNames() {}

  /**
   * The names of providers that have a route, as far as the files can be read.
   *
   * @param settings the value of a setting, or null
   */
  public static Set<String> in(RouteSet set, Function<String, @Nullable String> settings) {
    RouteRules rules =
        new RouteRules(
            LIMITS,
            bean -> null,
            text -> RouteText.fill(text, name -> Secrets.shown(name, settings)));
    rules.check(set);
    return rules.providers();
  }
}
