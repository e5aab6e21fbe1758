package io.aigateway.fake;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A real PostgreSQL on a free loopback port, which can be frozen. One is shared by all tests of a
 * process; each has a database of its own in it.
 */
public final class PostgresServer {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final EmbeddedPostgres postgres;
  private final Path folder;

  private PostgresServer() {
    try {
      folder = java.nio.file.Files.createTempDirectory("postgres-data");
      postgres =
          EmbeddedPostgres.builder()
              .setDataDirectory(folder)
              .setCleanDataDirectory(true)
              .setPGStartupWait(Duration.ofSeconds(60))
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(this::stop));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Shared {
    private static final PostgresServer SERVER = new PostgresServer();
  }

  /** The one of this process. */
  public static PostgresServer shared() {
    return Shared.SERVER;
  }

  /** One that a test may stop. */
  public static PostgresServer own() {
    return new PostgresServer();
  }

  /** A new database in it, as {@code DATABASE_URL}. */
  public String newDatabase() {
    String name = "gateway_" + NUMBER.incrementAndGet();
    run("create database " + name);
    return "postgres://postgres:postgres@127.0.0.1:" + postgres.getPort() + "/" + name;
  }

  /** One statement as its administrator. */
  public void run(String sql) {
    try (Connection connection = postgres.getPostgresDatabase().getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  /** Every row of every table of a database that {@link #newDatabase} gave. */
  public String dump(String url) {
    StringBuilder all = new StringBuilder();
    String name = url.substring(url.lastIndexOf('/') + 1);
    try (Connection connection = postgres.getDatabase("postgres", name).getConnection();
        Statement tables = connection.createStatement();
        ResultSet names =
            tables.executeQuery(
                "select table_name from information_schema.tables where table_schema = 'public'")) {
      while (names.next()) {
        try (Statement rows = connection.createStatement();
            ResultSet each =
                rows.executeQuery("select t::text from " + names.getString(1) + " t")) {
          while (each.next()) {
            all.append(each.getString(1)).append('\n');
          }
        }
      }
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
    return all.toString();
  }

  /** All its processes keep their connections and answer nothing. */
  public void freeze() {
    signal("STOP");
  }

  public void thaw() {
    signal("CONT");
  }

  private void signal(String name) {
    // the first line of its pid file is the process all others are children of
    run("p=$(head -1 $F/postmaster.pid); kill -" + name + " $p $(pgrep -P $p)", "signal " + name);
  }

  /** It is gone, and so are its connections; what was committed stays. */
  public void kill() {
    // without it what was committed a moment ago is lost: its settings are those of tests
    run("checkpoint");
    run(
        "p=$(head -1 $F/postmaster.pid); kill -QUIT $p;"
            + " while kill -0 $p 2>/dev/null; do sleep 0.05; done",
        "end");
  }

  /** Starts it again where it was. */
  public void restart() {
    run(
        // as root it refuses to run, unless root is nobody outside
        "u=; [ $(id -u) != 0 ] || u='unshare -U';"
            + " rm -f $F/postmaster.pid; eval \"$u $(cat $F/postmaster.opts)\""
            + " >$F/again.log 2>&1 & sleep 0.1",
        "start");
  }

  private void run(String script, String what) {
    try {
      int code =
          new ProcessBuilder("sh", "-c", "F=" + folder + "; " + script)
              .inheritIO()
              .start()
              .waitFor();
      if (code != 0) {
        throw new AssertionError("no " + what);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private void stop() {
    try {
      postgres.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
