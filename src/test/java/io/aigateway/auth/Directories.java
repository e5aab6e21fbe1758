package io.aigateway.auth;

import static org.awaitility.Awaitility.await;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import io.aigateway.store.Vault;
import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Scope;
import io.aigateway.tenant.Tenant;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;

/** Two replicas on one embedded database, without Redis. */
final class Directories implements AutoCloseable {
  private static final Storage EMBEDDED =
      new Storage(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty());

  static final Vault VAULT =
      new Vault(
          Sealer.of(
              new Storage(
                  Optional.empty(),
                  Optional.empty(),
                  Optional.of(new Secret("k".repeat(32))),
                  Optional.empty()),
              new SecureRandom()));

  private final Database database;
  private final Database other;
  private final KeyDirectory first;
  private final KeyDirectory second;

  private Directories() {
    String name = "directories-" + System.nanoTime();
    database = database(name);
    other = database(name);
    first = new KeyDirectory(database, VAULT, null, Clock.systemUTC(), System::nanoTime);
    second = new KeyDirectory(other, VAULT, null, Clock.systemUTC(), System::nanoTime);
    first.start();
    second.start();
    await().atMost(Duration.ofSeconds(30)).until(() -> first.isLoaded() && second.isLoaded());
  }

  private static Database database(String name) {
    Database opened = new Database(EMBEDDED, name);
    opened.start();
    if (!opened.awaitUp(Duration.ofSeconds(30))) {
      throw new AssertionError(opened.problem());
    }
    return opened;
  }

  static Directories start() {
    return new Directories();
  }

  Database database() {
    return database;
  }

  KeyDirectory first() {
    return first;
  }

  KeyDirectory second() {
    return second;
  }

  String put(String tenant) {
    return put(tenant, Scope.CALLS, List.of(), null, List.of());
  }

  /** Stores a tenant with one key, of which nobody is told. */
  String put(
      String id,
      Collection<Scope> scopes,
      List<String> models,
      @Nullable String defaultProvider,
      List<String> fallbacks) {
    byte[] random = new byte[KeyText.BYTES];
    ThreadLocalRandom.current().nextBytes(random);
    String key = KeyText.of(random);
    Instant now = Instant.now();
    database.change(
        session -> {
          session
              .tenants()
              .create(
                  new Tenant(
                      id,
                      id,
                      true,
                      null,
                      null,
                      new ModelPatterns(models),
                      defaultProvider,
                      fallbacks,
                      1,
                      now,
                      now));
          session
              .keys()
              .create(
                  new ApiKey(
                      "key-" + id,
                      id,
                      "default",
                      KeyText.prefix(key),
                      KeyText.hexHash(key),
                      Set.copyOf(scopes),
                      null,
                      null,
                      null,
                      null,
                      now,
                      null));
          return true;
        });
    return key;
  }

  /** Stores a tenant's own credential, and tells the feed. */
  void own(String tenant, String provider, Vault sealedBy, String credential) {
    database.change(
        session -> {
          session
              .credentials()
              .put(sealedBy.seal(tenant, provider, "cred-1", credential, Instant.now()));
          session.changes().note(tenant);
          return true;
        });
  }

  /** Revokes a tenant's key in the database, and tells the feed. */
  void revoke(String tenant) {
    database.change(
        session -> {
          session.changes().note(tenant);
          return session.keys().revoke(tenant, "key-" + tenant, Instant.now());
        });
  }

  @Override
  public void close() {
    first.close();
    second.close();
    database.close();
    other.close();
  }
}
