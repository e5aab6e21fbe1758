package io.aigateway.tenant;

import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A key of a tenant, without the key itself: only its digest is known.
 *
 * @param prefix the first characters, for people to tell keys apart
 * @param hash {@link KeyText#hash}, in hex
 * @param rateLimitRpm requests a minute of this key, or null for no limit but the tenant's
 * @param maxConcurrency requests of this key at the same time, or null for no limit but the
 *     tenant's
 * @param lastUsedAt may lag by some seconds; null = never
 * @param revokedAt from when on it is worth nothing; may lie ahead while a new key takes over
 */
public record ApiKey(
    String id,
    String tenantId,
    String name,
    String prefix,
    String hash,
    Set<Scope> scopes,
    @Nullable Integer rateLimitRpm,
    @Nullable Integer maxConcurrency,
    @Nullable Instant expiresAt,
    @Nullable Instant lastUsedAt,
    Instant createdAt,
    @Nullable Instant revokedAt) {
  public ApiKey {
    scopes = scopes.isEmpty() ? Set.of() : Collections.unmodifiableSet(EnumSet.copyOf(scopes));
  }

  /** Until when it is good, or null when there is no end in sight. */
  public @Nullable Instant endsAt() {
    if (expiresAt == null || revokedAt == null) {
      return expiresAt == null ? revokedAt : expiresAt;
    }
    return expiresAt.isBefore(revokedAt) ? expiresAt : revokedAt;
  }
}
