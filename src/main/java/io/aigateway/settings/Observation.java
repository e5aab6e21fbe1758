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
}
