package io.aigateway.store;

import io.aigateway.tenant.SealedCredential;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.core.simple.JdbcClient.StatementSpec;

/** The tenants' own credentials for providers, sealed. */
public final class Credentials {
  private static final String COLUMNS =
      "tenant_id, provider, id, sealed, created_at, updated_at from provider_credentials";

  private final JdbcClient jdbc;

  Credentials(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Stores it in place of the one before, whose time of creation stays; for a transaction. */
  public void put(SealedCredential credential) {
    if (!replace(credential) && !create(credential)) {
      // somebody else was faster
      replace(credential);
    }
  }

  private boolean replace(SealedCredential credential) {
    return values(
                jdbc.sql(
                    "update provider_credentials set id = :id, sealed = :sealed,"
                        + " updated_at = :updated"
                        + " where tenant_id = :tenant and provider = :provider"),
                credential)
            .update()
        == 1;
  }

  private boolean create(SealedCredential credential) {
    return values(
                jdbc.sql(
                    "insert into provider_credentials (tenant_id, provider, id, sealed, created_at,"
                        + " updated_at) values (:tenant, :provider, :id, :sealed, :created,"
                        + " :updated) on conflict do nothing"),
                credential)
            .param("created", Columns.time(credential.createdAt()))
            .update()
        == 1;
  }

  private static StatementSpec values(StatementSpec statement, SealedCredential credential) {
    return statement
        .param("tenant", credential.tenantId())
        .param("provider", credential.provider())
        .param("id", credential.id())
        .param("sealed", credential.sealed())
        .param("updated", Columns.time(credential.updatedAt()));
  }

  public Optional<SealedCredential> find(String tenantId, String provider) {
    return jdbc.sql("select " + COLUMNS + " where tenant_id = :tenant and provider = :provider")
        .param("tenant", tenantId)
        .param("provider", provider)
        .query((row, number) -> read(row))
        .optional();
  }

  /** Those of one tenant, by provider. */
  public List<SealedCredential> ofTenant(String tenantId) {
    return page(tenantId, "", Integer.MAX_VALUE);
  }

  /** At most {@code limit} of a tenant whose provider comes after {@code after}, by provider. */
  public List<SealedCredential> page(String tenantId, String after, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " where tenant_id = :tenant and provider > :after order by provider limit :limit")
        .param("tenant", tenantId)
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  /** Hands over all of them, row by row; for {@link Database#scan}. */
  public void each(Consumer<SealedCredential> taker) {
    jdbc.sql("select " + COLUMNS)
        .query(
            row -> {
              taker.accept(read(row));
            });
  }

  /** At most {@code limit} of all tenants' after one of them, by tenant and provider. */
  public List<SealedCredential> pageOfAll(String afterTenant, String afterProvider, int limit) {
    return jdbc.sql(
            "select "
                + COLUMNS
                + " where tenant_id > :tenant or tenant_id = :tenant and provider > :provider"
                + " order by tenant_id, provider limit :limit")
        .param("tenant", afterTenant)
        .param("provider", afterProvider)
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  /** Puts it into another seal; false when what is stored is not {@code before} any more. */
  public boolean reseal(SealedCredential before, String sealed) {
    return jdbc.sql(
                "update provider_credentials set sealed = :sealed where tenant_id = :tenant"
                    + " and provider = :provider and id = :id and sealed = :before")
            .param("sealed", sealed)
            .param("tenant", before.tenantId())
            .param("provider", before.provider())
            .param("id", before.id())
            .param("before", before.sealed())
            .update()
        == 1;
  }

  public boolean delete(String tenantId, String provider) {
    return jdbc.sql(
                "delete from provider_credentials"
                    + " where tenant_id = :tenant and provider = :provider")
            .param("tenant", tenantId)
            .param("provider", provider)
            .update()
        == 1;
  }

  private static SealedCredential read(ResultSet row) throws SQLException {
    return new SealedCredential(
        Objects.requireNonNull(row.getString("tenant_id")),
        Objects.requireNonNull(row.getString("provider")),
        Objects.requireNonNull(row.getString("id")),
        Objects.requireNonNull(row.getString("sealed")),
        Columns.instant(row, "created_at"),
        Columns.instant(row, "updated_at"));
  }
}
