package io.aigateway.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.settings.Storage;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Tenant;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database that is in this process. */
class EmbeddedStoreTest extends StoreContract {
  @Override
  @Nullable String url() {
    return null;
  }

  private static Database inFolder(Path folder) {
    Database opened =
        new Database(
            new Storage(Optional.empty(), Optional.of(folder), Optional.empty(), Optional.empty()),
            "unused");
    opened.start();
    return opened;
  }

  @Test
  void folderKeepsWhatWasStored(@TempDir Path folder) {
    Instant now = Instant.parse("2026-01-01T00:00:00Z");
    Tenant tenant =
        new Tenant("a", "a", true, null, null, ModelPatterns.ALL, null, List.of(), 1, now, now);
    try (Database first = inFolder(folder)) {
      assertThat(first.awaitUp(Duration.ofSeconds(20))).isTrue();
      first.ask((Session session) -> session.tenants().create(tenant));
    }
    try (Database again = inFolder(folder)) {
      assertThat(again.awaitUp(Duration.ofSeconds(20))).isTrue();
      assertThat(again.ask((Session session) -> session.tenants().find("a"))).contains(tenant);
    }
  }
}
