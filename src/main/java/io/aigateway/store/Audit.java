package io.aigateway.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Who did what? Rows are added and never changed. */
public final class Audit {

  /**
   * One thing that was done.
   *
   * @param seq 0 before it is stored
   * @param actor who did it
   * @param action such as {@code tenant.update}
   * @param object what it was done to
   * @param tenantId whose it is, or null
   * @param before as JSON, without secrets, or null
   * @param after likewise
   * @param address where it was asked from
   */
  public record Entry(
      long seq,
      Instant at,
      String actor,
      String action,
      String object,
      @Nullable String tenantId,
      @Nullable String before,
      @Nullable String after,
      String address,
      String requestId) {}

  private final JdbcClient jdbc;

  Audit(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public void add(Entry entry) {
    jdbc.sql(
            "insert into audit (at, actor, action, object, tenant_id, before_state, after_state,"
                + " address, request_id) values (:at, :actor, :action, :object, :tenant, :before,"
                + " :after, :address, :request)")
        .param("at", Columns.time(entry.at()))
        .param("actor", entry.actor())
        .param("action", entry.action())
        .param("object", entry.object())
        .param("tenant", entry.tenantId())
        .param("before", entry.before())
        .param("after", entry.after())
        .param("address", entry.address())
        .param("request", entry.requestId())
        .update();
  }

  /**
   * At most {@code limit} entries, the newest first.
   *
   * @param before only those with a lower number
   * @param tenantId only those of this tenant; null for all
   */
  public List<Entry> page(long before, @Nullable String tenantId, int limit) {
    return jdbc.sql(
            "select seq, at, actor, action, object, tenant_id, before_state, after_state, address,"
                + " request_id from audit where seq < :before"
                + (tenantId == null ? "" : " and tenant_id = :tenant")
                + " order by seq desc limit :limit")
        .param("before", before)
        .param("tenant", tenantId)
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  private static Entry read(ResultSet row) throws SQLException {
    return new Entry(
        row.getLong("seq"),
        Columns.instant(row, "at"),
        Objects.requireNonNull(row.getString("actor")),
        Objects.requireNonNull(row.getString("action")),
        Objects.requireNonNull(row.getString("object")),
        row.getString("tenant_id"),
        row.getString("before_state"),
        row.getString("after_state"),
        Objects.requireNonNull(row.getString("address")),
        Objects.requireNonNull(row.getString("request_id")));
  }
}
