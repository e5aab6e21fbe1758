package io.aigateway.tenant;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A customer of the gateway: a service or a team with keys and limits of its own.
 *
 * @param id chosen once, never changed
 * @param rateLimitRpm requests a minute of all its keys together, or null for no limit
 * @param maxConcurrency requests at the same time of all its keys together, or null for no limit
 * @param defaultProvider who serves models that no rule names, or null for the gateway's own
 * @param fallbackProviders who is asked when all targets of a rule failed, in this order; each
 *     {@code provider} or {@code provider/model}
 * @param version rises with every change
 */
public record Tenant(
    String id,
    String name,
    boolean enabled,
    @Nullable Integer rateLimitRpm,
    @Nullable Integer maxConcurrency,
    ModelPatterns allowedModels,
    @Nullable String defaultProvider,
    List<String> fallbackProviders,
    long version,
    Instant createdAt,
    Instant updatedAt) {
  /** The built-in tenant, which is not stored. */
  public static final String BUILT_IN = "default";

  public Tenant {
    fallbackProviders = List.copyOf(fallbackProviders);
  }
}
