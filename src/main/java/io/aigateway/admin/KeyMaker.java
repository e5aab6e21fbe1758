package io.aigateway.admin;

import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.Scope;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Makes keys and ids out of random bits. For all threads. */
public final class KeyMaker {
  private static final int ID_BYTES = 10;

  /**
   * A new key.
   *
   * @param text the key itself, which is shown once and kept nowhere
   */
  public record Made(ApiKey key, String text) {
    /** Without the key. */
    @Override
    public String toString() {
      return "Made[" + key.id() + "]";
    }
  }

  private final SecureRandom random;

  public KeyMaker(SecureRandom random) {
    this.random = random;
  }

  /** An id for a tenant that was given none. */
  public String tenantId() {
    return "tenant-" + id();
  }

  /** An id for a tenant's own credential. */
  public String credentialId() {
    return "cred-" + id();
  }

  private String id() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return HexFormat.of().formatHex(bytes);
  }

  /** A key for a tenant; ids rise with time, so that lists show the oldest first. */
  public Made make(
      String tenantId,
      String name,
      Set<Scope> scopes,
      @Nullable Instant expiresAt,
      @Nullable Integer rateLimitRpm,
      @Nullable Integer maxConcurrency,
      Instant now) {
    byte[] bytes = new byte[KeyText.BYTES];
    random.nextBytes(bytes);
    String text = KeyText.of(bytes);
    String id = "key-" + HexFormat.of().toHexDigits(now.toEpochMilli(), 11) + id().substring(0, 12);
    return new Made(
        new ApiKey(
            id,
            tenantId,
            name,
            KeyText.prefix(text),
            KeyText.hexHash(text),
            scopes,
            rateLimitRpm,
            maxConcurrency,
            expiresAt,
            null,
            now,
            null),
        text);
  }
}
