package io.aigateway.store;

import org.springframework.jdbc.core.simple.JdbcClient;

/** What can be asked of the database; blocks, for one thread and as long as it was lent. */
public final class Session {
  private final JdbcClient jdbc;

  Session(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  public Tenants tenants() {
    return new Tenants(jdbc);
  }

  public Keys keys() {
    return new Keys(jdbc);
  }

  public Credentials credentials() {
    return new Credentials(jdbc);
  }

  public Changes changes() {
    return new Changes(jdbc);
  }

  public Users users() {
    return new Users(jdbc);
  }

  public Audit audit() {
    return new Audit(jdbc);
  }

  public Replays replays() {
    return new Replays(jdbc);
  }

  /** Any statement, for tests. */
  int execute(String sql) {
    return jdbc.sql(sql).update();
  }

  /** Does it answer? */
  void ping() {
    jdbc.sql("select 1").query(Integer.class).single();
  }
}
