package io.aigateway.store;

import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** The tenants. */
public final class Tenants {
  static final String COLUMNS =
      "t.id, t.name, t.enabled, t.rate_limit_rpm, t.max_concurrency, t.allowed_models,"
          + " t.default_provider, t.fallback_providers, t.version, t.created_at, t.updated_at";

  private final JdbcClient jdbc;

  Tenants(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** False when there is one of this id. */
  public boolean create(Tenant tenant) {
    return values(
                jdbc.sql(
                    "insert into tenants (id, name, enabled, rate_limit_rpm, max_concurrency,"
                        + " allowed_models, default_provider, fallback_providers, version,"
                        + " created_at, updated_at) values (:id, :name, :enabled, :rpm,"
                        + " :concurrency, :models, :provider, :fallbacks, :version, :created,"
                        + " :updated) on conflict do nothing"),
                tenant)
            .param("created", Columns.time(tenant.createdAt()))
            .update()
        == 1;
  }

  public Optional<Tenant> find(String id) {
    return jdbc.sql("select " + COLUMNS + " from tenants t where t.id = :id")
        .param("id", id)
        .query((row, number) -> read(row, "id"))
        .optional();
  }

  /** At most {@code limit} tenants whose id comes after {@code after}, by id. */
  public List<Tenant> page(String after, int limit) {
    return jdbc.sql(
            "select " + COLUMNS + " from tenants t where t.id > :after order by t.id limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> read(row, "id"))
        .list();
  }

  /** Stores {@code tenant} unless what is stored is of another version than its own less one. */
  public boolean update(Tenant tenant) {
    return values(
                jdbc.sql(
                    "update tenants set name = :name, enabled = :enabled, rate_limit_rpm = :rpm,"
                        + " max_concurrency = :concurrency, allowed_models = :models,"
                        + " default_provider = :provider, fallback_providers = :fallbacks,"
                        + " version = :version, updated_at = :updated"
                        + " where id = :id and version = :version - 1"),
                tenant)
            .update()
        == 1;
  }

  /** Removes it and its keys; what it used and what was done to it stays. */
  public boolean delete(String id) {
    return jdbc.sql("delete from tenants where id = :id").param("id", id).update() == 1;
  }

  private static StatementSpec values(StatementSpec statement, Tenant tenant) {
    return statement
        .param("id", tenant.id())
        .param("name", tenant.name())
        .param("enabled", tenant.enabled())
        .param("rpm", tenant.rateLimitRpm())
        .param("concurrency", tenant.maxConcurrency())
        .param("models", Columns.list(tenant.allowedModels().patterns()))
        .param("provider", tenant.defaultProvider())
        .param("fallbacks", Columns.list(tenant.fallbackProviders()))
        .param("version", tenant.version())
        .param("updated", Columns.time(tenant.updatedAt()));
  }

  /**
   * @param id the column that holds the id
   */
  static Tenant read(ResultSet row, String id) throws SQLException {
    return new Tenant(
        Objects.requireNonNull(row.getString(id)),
        Objects.requireNonNull(row.getString("name")),
        row.getBoolean("enabled"),
        Columns.numberOrNull(row, "rate_limit_rpm"),
        Columns.numberOrNull(row, "max_concurrency"),
        new ModelPatterns(Columns.list(row, "allowed_models")),
        row.getString("default_provider"),
        Columns.list(row, "fallback_providers"),
        row.getLong("version"),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
