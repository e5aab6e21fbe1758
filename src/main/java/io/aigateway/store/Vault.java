package io.aigateway.store;

import io.aigateway.tenant.OwnCredential;
import io.aigateway.tenant.SealedCredential;
import java.time.Instant;
import java.util.Optional;

/**
 * Seals and opens the tenants' own credentials. A seal is good for its row only: moved to another
 * tenant or provider it can't be opened. For all threads.
 */
public final class Vault {
  private final Sealer sealer;

  public Vault(Sealer sealer) {
    this.sealer = sealer;
  }

  /** Whether there is a key to seal with. */
  public boolean canSeal() {
    return sealer.canSeal();
  }

  /**
   * A credential as it is to be stored.
   *
   * @param id a new one
   */
  public SealedCredential seal(
      String tenantId, String provider, String id, String credential, Instant now) {
    return new SealedCredential(
        tenantId, provider, id, sealer.seal(credential, purpose(tenantId, provider, id)), now, now);
  }

  /** The credential, which may be one that can't be read. */
  public OwnCredential open(SealedCredential stored) {
    return new OwnCredential(stored.tenantId(), stored.id(), opened(stored).orElse(null));
  }

  private Optional<String> opened(SealedCredential stored) {
    return sealer.open(stored.sealed(), purpose(stored.tenantId(), stored.provider(), stored.id()));
  }

  /** Whether it was sealed with the key that is in use now. */
  public boolean isCurrent(SealedCredential stored) {
    return sealer.isCurrent(stored.sealed());
  }

  /** The same in a seal of the key that is in use now; empty when it can't be opened. */
  public Optional<String> resealed(SealedCredential stored) {
    return opened(stored)
        .map(text -> sealer.seal(text, purpose(stored.tenantId(), stored.provider(), stored.id())));
  }

  /** None of the three has a space in it. */
  private static String purpose(String tenantId, String provider, String id) {
    return "credential " + tenantId + " " + provider + " " + id;
  }
}
