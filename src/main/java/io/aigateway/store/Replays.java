package io.aigateway.store;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/** What was answered to creates that carried an {@code Idempotency-Key}? */
public final class Replays {

  /**
   * One answer.
   *
   * @param id digest of who asked, where, and the {@code Idempotency-Key}
   * @param requestHash digest of what was asked
   * @param tag the answer's {@code ETag}, or null
   * @param sealed the answer's body, encrypted where it shows a key
   */
  public record Replay(
      String id,
      String requestHash,
      int status,
      @Nullable String tag,
      String sealed,
      Instant createdAt) {}

  private final JdbcClient jdbc;

  Replays(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** Fails when there is one of this id. */
  public void create(Replay replay) {
    jdbc.sql(
            "insert into replays (id, request_hash, status, tag, sealed, created_at) values (:id,"
                + " :hash, :status, :tag, :sealed, :created)")
        .param("id", replay.id())
        .param("hash", replay.requestHash())
        .param("status", replay.status())
        .param("tag", replay.tag())
        .param("sealed", replay.sealed())
        .param("created", Columns.time(replay.createdAt()))
        .update();
  }

  public Optional<Replay> find(String id) {
    return jdbc.sql(
            "select id, request_hash, status, tag, sealed, created_at from replays where id = :id")
        .param("id", id)
        .query((row, number) -> read(row))
        .optional();
  }

  /** At most {@code limit} whose id comes after {@code after}, by id. */
  public List<Replay> page(String after, int limit) {
    return jdbc.sql(
            "select id, request_hash, status, tag, sealed, created_at from replays"
                + " where id > :after order by id limit :limit")
        .param("after", after)
        .param("limit", limit)
        .query((row, number) -> read(row))
        .list();
  }

  /** Puts another text in place of the sealed one. */
  public boolean reseal(String id, String sealed) {
    return jdbc.sql("update replays set sealed = :sealed where id = :id")
            .param("sealed", sealed)
            .param("id", id)
            .update()
        == 1;
  }

  public void forgetBefore(Instant time) {
    jdbc.sql("delete from replays where created_at < :time")
        .param("time", Columns.time(time))
        .update();
  }

  private static Replay read(ResultSet row) throws SQLException {
    return new Replay(
        Objects.requireNonNull(row.getString("id")),
        Objects.requireNonNull(row.getString("request_hash")),
        row.getInt("status"),
        row.getString("tag"),
        Objects.requireNonNull(row.getString("sealed")),
        Columns.instant(row, "created_at"));
  }
}
