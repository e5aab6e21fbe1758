package io.aigateway.store;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Which tenants have replicas to look at again? A feed that every replica follows. The numbers
 * rise, but a transaction may show a lower one after a higher one is seen: whoever follows asks for
 * some seconds again and again, and remembers what it has had.
 */
public final class Changes {

  /** The tenant {@code tenantId}, or a key of it, has changed. */
  public record Change(long seq, String tenantId) {}

  private final JdbcClient jdbc;

  Changes(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** In the transaction of the change itself. */
  public void note(String tenantId) {
    jdbc.sql("insert into changes (tenant_id) values (:tenant)").param("tenant", tenantId).update();
  }

  /** The changes of the last while by the database's clock, oldest first. */
  public List<Change> ofLast(Duration time) {
    return jdbc.sql(
            "select seq, tenant_id from changes where at > current_timestamp - "
                + seconds(time)
                + " order by seq")
        .query(
            (row, number) ->
                new Change(row.getLong("seq"), Objects.requireNonNull(row.getString("tenant_id"))))
        .list();
  }

  /** Forgets what nobody looks for any more. */
  public void forgetOlderThan(Duration age) {
    jdbc.sql("delete from changes where at < current_timestamp - " + seconds(age)).update();
  }

  private static String seconds(Duration time) {
    return "interval '" + time.toSeconds() + "' second";
  }
}
