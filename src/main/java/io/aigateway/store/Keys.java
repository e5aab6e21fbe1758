package io.aigateway.store;

import io.aigateway.tenant.ApiKey;
import io.aigateway.tenant.Grant;
import io.aigateway.tenant.Scope;
import io.aigateway.tenant.Tenant;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** The keys of all tenants. */
public final class Keys {
  private static final String COLUMNS =
      "k.id as k_id, k.tenant_id as k_tenant, k.name as k_name, k.prefix as k_prefix,"
          + " k.hash as k_hash, k.scopes as k_scopes, k.rate_limit_rpm as k_rpm,"
          + " k.max_concurrency as k_concurrency, k.expires_at as k_expires,"
          + " k.last_used_at as k_used, k.created_at as k_created, k.revoked_at as k_revoked";

  private static final String GRANTS =
      "select "
          + COLUMNS
          + ", "
          + Tenants.COLUMNS
          + " from api_keys k join tenants t on t.id = k.tenant_id";

  private final JdbcClient jdbc;

  Keys(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public void create(ApiKey key) {
    jdbc.sql(
            "insert into api_keys (id, tenant_id, name, prefix, hash, scopes, rate_limit_rpm,"
                + " max_concurrency, expires_at, last_used_at, created_at, revoked_at) values"
                + " (:id, :tenant, :name, :prefix, :hash, :scopes, :rpm, :concurrency, :expires,"
                + " :used, :created, :revoked)")
        .param("id", key.id())
        .param("tenant", key.tenantId())
        .param("name", key.name())
        .param("prefix", key.prefix())
        .param("hash", key.hash())
        .param("scopes", Columns.list(key.scopes().stream().map(Scope::label).toList()))
        .param("rpm", key.rateLimitRpm())
        .param("concurrency", key.maxConcurrency())
        .param("expires", Columns.timeOrNull(key.expiresAt()))
        .param("used", Columns.timeOrNull(key.lastUsedAt()))
        .param("created", Columns.time(key.createdAt()))
        .param("revoked", Columns.timeOrNull(key.revokedAt()))
        .update();
  }

  public Optional<ApiKey> find(String tenantId, String id) {
    return jdbc.sql(
            "select " + COLUMNS + " from api_keys k where k.tenant_id = :tenant and k.id = :id")
        .param("tenant", tenantId)
        .param("id", id)
        .query((row, number) -> read(row))
        .optional();
  }

  /** At most {@code limit} keys of a tenant whose id comes after {@code after}, by id. */
  public List<ApiKey> page(String tenantId, String after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " from api_keys k where k.tenant_id = :tenant and k.id > :after"
                + " order by k.id limit :limit")
        .param("tenant", tenantId)
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  /** What the key with this {@link ApiKey#hash} opens, revoked and expired ones included. */
  public Optional<Grant> byHash(String hash) {
    return jdbc.sql(GRANTS + " where k.hash = :hash")
        .param("hash", hash)
        .query((row, number) -> new Grant(Tenants.read(row, "k_tenant"), read(row)))
        .optional();
  }

  /** What all keys of a tenant open. */
  public List<Grant> ofTenant(String tenantId) {
    return jdbc.sql(GRANTS + " where k.tenant_id = :tenant")
        .param("tenant", tenantId)
        .query((row, number) -> new Grant(Tenants.read(row, "k_tenant"), read(row)))
        .list();
  }

  /**
   * Hands over, row by row, what the keys open that are not revoked at {@code now}, the most
   * recently used first. The tenant is one object for all its keys. For {@link Database#scan}.
   */
  public void eachGrant(Instant now, int limit, Consumer<Grant> taker) {
    Map<String, Tenant> known = new HashMap<>();
    jdbc.sql(
            GRANTS
                + " where k.revoked_at is null or k.revoked_at > :now"
                + " order by coalesce(k.last_used_at, k.created_at) desc limit :limit")
        .param("now", Columns.time(now))
        .param("limit", limit)
        .query(
            row -> {
              Tenant read = Tenants.read(row, "k_tenant");
              Tenant tenant = known.computeIfAbsent(read.id(), id -> read);
              taker.accept(new Grant(tenant, read(row)));
            });
  }

  /** Ends a key at {@code at} unless it ends earlier; false when there is no such key. */
  public boolean revoke(String tenantId, String id, Instant at) {
    return jdbc.sql(
                "update api_keys set revoked_at = case when revoked_at is null or revoked_at > :at"
                    + " then :at else revoked_at end where tenant_id = :tenant and id = :id")
            .param("at", Columns.time(at))
            .param("tenant", tenantId)
            .param("id", id)
            .update()
        == 1;
  }

  /** Ends all keys of a tenant but one at {@code at} unless they end earlier. */
  public void revokeOthers(String tenantId, String keep, Instant at) {
    jdbc.sql(
            "update api_keys set revoked_at = :at where tenant_id = :tenant and id <> :keep"
                + " and (revoked_at is null or revoked_at > :at)")
        .param("at", Columns.time(at))
        .param("tenant", tenantId)
        .param("keep", keep)
        .update();
  }

  /** Notes when keys were last used, by their ids. */
  public void used(Map<String, Instant> when) {
    when.forEach(
        (id, at) ->
            jdbc.sql(
                    "update api_keys set last_used_at = :at where id = :id"
                        + " and (last_used_at is null or last_used_at < :at)")
                .param("at", Columns.time(at))
                .param("id", id)
                .update());
  }

  private static ApiKey read(ResultSet row) throws SQLException {
    return new ApiKey(
        text(row, "k_id"),
        text(row, "k_tenant"),
        text(row, "k_name"),
        text(row, "k_prefix"),
        text(row, "k_hash"),
        scopes(Columns.list(row, "k_scopes")),
        Columns.numberOrNull(row, "k_rpm"),
        Columns.numberOrNull(row, "k_concurrency"),
        Columns.instantOrNull(row, "k_expires"),
        Columns.instantOrNull(row, "k_used"),
        Columns.instant(row, "k_created"),
        Columns.instantOrNull(row, "k_revoked"));
  }

  /** A scope that this version doesn't know gives nothing. */
  private static Set<Scope> scopes(List<String> labels) {
    return labels.stream()
        .map(Scope::of)
        .flatMap(Optional::stream)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static String text(ResultSet row, String column) throws SQLException {
    @Nullable String value = row.getString(column);
    return Objects.requireNonNull(value, column);
  }
}
