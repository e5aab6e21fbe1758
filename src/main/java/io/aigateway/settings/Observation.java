package io.aigateway.settings;

import java.net.URI;
import java.util.Optional;
import java.util.Set;

/**
 * What is shown to those who watch the gateway?
 *
 * @param metricsMaxTenants {@code METRICS_MAX_TENANTS}
 * @param otlpEndpoint {@code OTLP_ENDPOINT}, empty = no traces are sent
 * @param readinessChecks {@code READINESS_CHECKS}, empty for {@code none}
 */
public record Observation(
    int metricsMaxTenants, Optional<URI> otlpEndpoint, Set<ReadinessCheck> readinessChecks) {
  public Observation {
    readinessChecks = Set.copyOf(readinessChecks);
    new Check().range(Variable.METRICS_MAX_TENANTS, metricsMaxTenants).orThrow();
  }

  /** A pod that waits for a dependency which it doesn't have would never be ready. */
  void checkDependencies(SharedState shared) {
    new Check()
        .that(
            !readinessChecks.contains(ReadinessCheck.REDIS) || shared.redisUrl().isPresent(),
            Set.of(Variable.READINESS_CHECKS, Variable.REDIS_URL),
            "READINESS_CHECKS names redis but there is no REDIS_URL",
            "READINESS_CHECKS without redis, or REDIS_URL set too")
        .orThrow();
  }
}
