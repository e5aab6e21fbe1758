package io.aigateway.fake;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import io.aigateway.store.Database;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Optional;

/** Fills a database with tenants that have one key each, quicker than one by one. */
public final class ManyTenants {
  private static final String TENANTS =
      "insert into tenants (id, name, enabled, allowed_models, fallback_providers, version,"
          + " created_at, updated_at) select 'many-' || x, 'Tenant number ' || x, true,"
          + " '[\"demo*\"]', '[]', 1, current_timestamp, current_timestamp from ";
  private static final String KEYS =
      "insert into api_keys (id, tenant_id, name, prefix, hash, scopes, created_at)"
          + " select 'key-many-' || x, 'many-' || x, 'default', 'gw-many-', HASH, '[\"chat\"]',"
          + " current_timestamp from ";

  private ManyTenants() {}

  /** The key of one of them. */
  public static String key(int number) {
    return "gw-many-" + number;
  }

  /** In a file of {@code DATA_DIR} that no process has open. */
  public static void embedded(Path folder, int count) {
    migrate(new Storage(Optional.empty(), Optional.of(folder), Optional.empty(), Optional.empty()));
    String url =
        "jdbc:h2:file:"
            + folder.toAbsolutePath().resolve("gateway")
            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH";
    fill(
        url,
        "gateway",
        "",
        "system_range(1, " + count + ") r(x)",
        "lower(rawtohex(hash('SHA256', stringtoutf8('gw-many-' || x))))");
  }

  /**
   * In a PostgreSQL.
   *
   * @param url as {@link PostgresServer#newDatabase} gives it
   */
  public static void postgres(String url, int count) {
    migrate(
        new Storage(
            Optional.of(new Secret(url)), Optional.empty(), Optional.empty(), Optional.empty()));
    fill(
        "jdbc:postgresql://" + url.substring(url.indexOf('@') + 1),
        "postgres",
        "postgres",
        "generate_series(1, " + count + ") x",
        "encode(sha256(('gw-many-' || x)::bytea), 'hex')");
  }

  private static void migrate(Storage storage) {
    try (Database database = new Database(storage, "many")) {
      database.start();
      if (!database.awaitUp(Duration.ofSeconds(30))) {
        throw new AssertionError("the database " + database.problem());
      }
    }
  }

  private static void fill(String url, String user, String password, String rows, String hash) {
    try (Connection connection = DriverManager.getConnection(url, user, password);
        Statement statement = connection.createStatement()) {
      statement.executeUpdate(TENANTS + rows);
      statement.executeUpdate(KEYS.replace("HASH", hash) + rows);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }
}
