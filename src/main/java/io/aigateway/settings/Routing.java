package io.aigateway.settings;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * What do the routes need to know that isn't written in them?
 *
 * @param defaultProvider {@code DEFAULT_PROVIDER}
 * @param routesDir {@code ROUTES_DIR}, a folder that existed and could be read at start
 * @param maxAttempts {@code MAX_ATTEMPTS}, over retries and fallbacks together
 * @param cacheTtl {@code CACHE_TTL}, zero = no cache
 */
public record Routing(
    String defaultProvider, Optional<Path> routesDir, int maxAttempts, Duration cacheTtl) {
  public Routing {
    new Check()
        .range(Variable.MAX_ATTEMPTS, maxAttempts)
        .range(Variable.CACHE_TTL, cacheTtl)
        .orThrow();
  }

  /**
   * Is the default provider one that the loaded routes know?
   *
   * @throws SettingsException if not; it ends the start with exit code 2 also from inside a bean
   */
  public void checkDefaultProvider(Set<String> known) {
    if (!known.contains(defaultProvider)) {
      throw new SettingsException(
          List.of(
              Fault.among(
                  Set.of(Variable.DEFAULT_PROVIDER),
                  Fault.assignment(Variable.DEFAULT_PROVIDER, defaultProvider)
                      + " is not a known provider",
                  String.join(", ", new TreeSet<>(known)))));
    }
  }
}
