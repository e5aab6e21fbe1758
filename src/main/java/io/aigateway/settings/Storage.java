package io.aigateway.settings;

import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where are tenants, keys and usage kept, and how are secrets among them protected?
 *
 * @param databaseUrl {@code DATABASE_URL} as written, well-formed, {@code postgres:} or {@code
 *     jdbc:} form
 * @param dataDir {@code DATA_DIR}, for the embedded database; empty = in memory
 * @param encryptionKey {@code ENCRYPTION_KEY} as written, of a form that means 32 bytes
 * @param previousEncryptionKey {@code ENCRYPTION_KEY_PREVIOUS}, likewise
 */
public record Storage(
    Optional<Secret> databaseUrl,
    Optional<Path> dataDir,
    Optional<Secret> encryptionKey,
    Optional<Secret> previousEncryptionKey) {
  public Storage {
    new Check()
        .that(
            previousEncryptionKey.isEmpty() || encryptionKey.isPresent(),
            Set.of(Variable.ENCRYPTION_KEY_PREVIOUS, Variable.ENCRYPTION_KEY),
            "ENCRYPTION_KEY_PREVIOUS has no ENCRYPTION_KEY",
            "both, or ENCRYPTION_KEY alone")
        .orThrow();
  }
}
