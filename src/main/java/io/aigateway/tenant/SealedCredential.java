package io.aigateway.tenant;

import java.time.Instant;

/**
 * A tenant's own credential for a provider, as it is stored.
 *
 * @param id of this value: another one each time it is set
 * @param sealed the credential, encrypted
 * @param createdAt when the tenant got one for this provider
 * @param updatedAt when it was set last
 */
public record SealedCredential(
    String tenantId,
    String provider,
    String id,
    String sealed,
    Instant createdAt,
    Instant updatedAt) {

  /** The same in another seal. */
  public SealedCredential with(String newSealed) {
    return new SealedCredential(tenantId, provider, id, newSealed, createdAt, updatedAt);
  }

  /** Without what is sealed. */
  @Override
  public String toString() {
    return "SealedCredential[" + tenantId + " " + provider + "]";
  }
}
