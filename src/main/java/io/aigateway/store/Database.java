package io.aigateway.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.aigateway.settings.Storage;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.DriverManagerDataSource;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Can the database be asked now, and what does it say? Brings the tables to this version beside the
 * start, again and again until the database is there; notices within a few seconds when it goes
 * away, fails every question at once from then on, and looks for it twice a second. For all
 * threads; {@link #ask} and {@link #change} block theirs.
 */
public final class Database implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);

  private static final int CONNECTIONS = 8;
  private static final int ASIDE = 4;
  private static final int FETCHED = 1000;
  private static final int MOST_WAITING = 1000;
  private static final long CONNECTION_MILLIS = 2000;
  private static final long VALIDATION_MILLIS = 500;
  private static final int TRANSACTION_SECONDS = 5;
  private static final long RETRY_MILLIS = 500;
  private static final long HEARTBEAT_MILLIS = 1000;

  private static final ThreadFactory CLOSING = daemons("database-closing");

  private enum State {
    NEW,
    UP,
    AWAY,
    CLOSED
  }

  private final Place place;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(daemons("database"));
  private final ExecutorService aside;
  private final List<Runnable> whenUp = new CopyOnWriteArrayList<>();

  private final AtomicBoolean doubted = new AtomicBoolean();

  private volatile State state = State.NEW;
  private volatile Trouble trouble = Trouble.UNREACHABLE;
  private volatile long lastMillis;
  private @Nullable Trouble told;
  private volatile @Nullable HikariDataSource pool;
  private volatile @Nullable JdbcClient jdbc;
  private volatile @Nullable TransactionTemplate transactions;

  /**
   * @param name of an embedded database in memory, so that several can be in one process
   */
  public Database(Storage settings, String name) {
    this.place = Place.of(settings, name);
    this.aside =
        new ThreadPoolExecutor(
            ASIDE,
            ASIDE,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            daemons("database-aside"));
  }

  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /** Whether it is in this process. */
  public boolean isEmbedded() {
    return place.embedded();
  }

  /** Begins to look for it, and returns at once. */
  public void start() {
    timer.execute(this::prepare);
  }

  public boolean isUp() {
    return state == State.UP;
  }

  /** Whether it has been up since the start. */
  public boolean hasAnswered() {
    return transactions != null;
  }

  /** How long its last sign of life took, milliseconds. */
  public long lastMillis() {
    return lastMillis;
  }

  /**
   * Runs {@code task} each time the database has become usable, on a thread that may block for some
   * seconds; now if it is.
   */
  public void whenUp(Runnable task) {
    whenUp.add(task);
    if (isUp()) {
      timer.execute(task);
    }
  }

  // ---- asking

  /**
   * Asks, and waits for the answer.
   *
   * @throws StoreAwayException when there is none to be had
   */
  public <T extends @Nullable Object> T ask(Function<Session, T> question) {
    JdbcClient with = jdbc;
    if (state != State.UP || with == null) {
      throw new StoreAwayException();
    }
    try {
      return question.apply(new Session(with));
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /**
   * Does it all in one transaction, or nothing; waits.
   *
   * @throws StoreAwayException when it could not be done, or nobody knows whether it was
   */
  public <T extends @Nullable Object> T change(Function<Session, T> work) {
    TransactionTemplate template = transactions;
    JdbcClient with = jdbc;
    if (state != State.UP || with == null || template == null) {
      throw new StoreAwayException();
    }
    try {
      return template.execute(status -> work.apply(new Session(with)));
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /**
   * Asks for more than fits into the time of a question; waits.
   *
   * @throws StoreAwayException when it came to no end
   */
  public <T extends @Nullable Object> T scan(Function<Session, T> question) {
    HikariDataSource from = pool;
    if (state != State.UP || from == null) {
      throw new StoreAwayException();
    }
    JdbcTemplate rowByRow = new JdbcTemplate(from);
    rowByRow.setFetchSize(FETCHED);
    TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(from));
    template.setReadOnly(true);
    try {
      return template.execute(status -> question.apply(new Session(JdbcClient.create(rowByRow))));
    } catch (RuntimeException e) {
      throw translated(e);
    }
  }

  /** {@link #ask} on a thread of the database's own; fails at once when too many wait. */
  public <T> CompletableFuture<T> askAside(Function<Session, T> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    if (state != State.UP) {
      answer.completeExceptionally(new StoreAwayException());
      return answer;
    }
    try {
      aside.execute(
          () -> {
            try {
              answer.complete(ask(question));
            } catch (RuntimeException e) {
              answer.completeExceptionally(e);
            }
          });
    } catch (RejectedExecutionException e) {
      answer.completeExceptionally(new StoreAwayException());
    }
    return answer;
  }

  private RuntimeException translated(RuntimeException failure) {
    Trouble found = Trouble.of(failure);
    if (state == State.CLOSED) {
      return new StoreAwayException();
    }
    if (found == null) {
      return failure;
    }
    if (found == Trouble.BUSY) {
      // the database, or only its connections here? the heartbeat finds out
      if (doubted.compareAndSet(false, true)) {
        again(this::heartbeat, 0);
      }
    } else if (found != Trouble.SLOW) {
      away(found);
    }
    return new StoreAwayException();
  }

  // ---- the switch

  private synchronized void away(Trouble why) {
    if (state != State.UP) {
      return;
    }
    state = State.AWAY;
    trouble = why;
    LOG.warn("the database {}", why.text());
    again(this::tryOut, 0);
  }

  private void up(long startedNanos) {
    synchronized (this) {
      lastMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos);
      if (state == State.UP || state == State.CLOSED) {
        return;
      }
      LOG.info("the database is in use");
      state = State.UP;
    }
    for (Runnable task : whenUp) {
      try {
        task.run();
      } catch (StoreAwayException e) {
        return;
      }
    }
  }

  /** Tries again until it answers. */
  private void tryOut() {
    if (state != State.AWAY) {
      return;
    }
    long started = System.nanoTime();
    try {
      pingBesideThePool();
      // the one before has nothing but dead connections, and pauses between its own tries
      use(open());
      up(started);
    } catch (RuntimeException e) {
      Trouble found = Trouble.of(e);
      trouble = found == null ? Trouble.UNREACHABLE : found;
      again(this::tryOut, RETRY_MILLIS);
    }
  }

  private void heartbeat() {
    JdbcClient with = jdbc;
    if (state != State.UP || with == null) {
      return;
    }
    doubted.set(false);
    long started = System.nanoTime();
    try {
      ping(new Session(with));
      lastMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
    } catch (RuntimeException e) {
      Trouble found = Trouble.of(e);
      away(found == null ? Trouble.UNREACHABLE : found);
    }
  }

  /** When all connections are in use, the database may be well all the same. */
  private void ping(Session session) {
    try {
      session.ping();
    } catch (RuntimeException e) {
      if (Trouble.of(e) != Trouble.BUSY) {
        throw e;
      }
      pingBesideThePool();
    }
  }

  private void pingBesideThePool() {
    new Session(JdbcClient.create(new DriverManagerDataSource(place.url(), place.properties())))
        .ping();
  }

  private void again(Runnable task, long millis) {
    try {
      timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  // ---- the start, on the timer's thread

  private void prepare() {
    prepareOnce(true);
  }

  /**
   * Brings it up on this thread or says why that can't be; for the command line, in place of {@link
   * #start}.
   *
   * @return what is in the way, to follow "the database"; null when it is up
   */
  public @Nullable String startHere() {
    prepareOnce(false);
    return problem();
  }

  private void prepareOnce(boolean andAgain) {
    if (state == State.CLOSED) {
      return;
    }
    long started = System.nanoTime();
    try {
      migrate();
    } catch (RuntimeException e) {
      Trouble found = Trouble.of(e);
      found = found == null ? Trouble.SCHEMA : found;
      trouble = found;
      if (!andAgain) {
        return;
      }
      if (found != told) {
        told = found;
        LOG.warn("the database {}; trying again until it does better", found.text());
        LOG.debug("the database isn't ready: {}", e.getClass().getSimpleName());
        if (found == Trouble.SCHEMA) {
          LOG.error("migration failed", e);
        }
      }
      again(this::prepare, RETRY_MILLIS);
      return;
    }
    use(open());
    up(started);
    try {
      timer.scheduleWithFixedDelay(
          this::heartbeat, HEARTBEAT_MILLIS, HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  private void use(HikariDataSource opened) {
    HikariDataSource old;
    synchronized (this) {
      if (state == State.CLOSED) {
        opened.close();
        return;
      }
      old = pool;
      pool = opened;
      jdbc = JdbcClient.create(opened);
      TransactionTemplate template = new TransactionTemplate(new JdbcTransactionManager(opened));
      template.setTimeout(TRANSACTION_SECONDS);
      transactions = template;
    }
    if (old != null) {
      // waits for what is still on its connections
      CLOSING.newThread(old::close).start();
    }
  }

  /**
   * @throws FlywayException when a migration fails or the database can't be reached
   */
  private void migrate() {
    Flyway.configure(Database.class.getClassLoader())
        .dataSource(new OneConnection(place))
        .locations(
            "classpath:db/migration/common",
            place.embedded() ? "classpath:db/migration/h2" : "classpath:db/migration/postgresql")
        .table("schema_history")
        .connectRetries(0)
        .lockRetryCount(30)
        // what a newer version has added is for it to know
        .ignoreMigrationPatterns("*:future")
        .baselineOnMigrate(false)
        .failOnMissingLocations(true)
        .load()
        .migrate();
  }

  private HikariDataSource open() {
    HikariConfig config = new HikariConfig();
    config.setPoolName("database");
    config.setJdbcUrl(place.url());
    place.properties().forEach((name, value) -> config.addDataSourceProperty((String) name, value));
    config.setMaximumPoolSize(CONNECTIONS);
    config.setMinimumIdle(1);
    config.setConnectionTimeout(CONNECTION_MILLIS);
    config.setValidationTimeout(VALIDATION_MILLIS);
    config.setInitializationFailTimeout(-1);
    config.setKeepaliveTime(TimeUnit.MINUTES.toMillis(2));
    config.setMaxLifetime(TimeUnit.MINUTES.toMillis(15));
    return new HikariDataSource(config);
  }

  /** For health: what to say of it, or null when it is up. */
  public @Nullable String problem() {
    return isUp() ? null : trouble.text();
  }

  /** Waits until it is up; for tests. */
  public boolean awaitUp(Duration limit) {
    long until = System.nanoTime() + limit.toNanos();
    while (!isUp() && System.nanoTime() - until < 0) {
      try {
        TimeUnit.MILLISECONDS.sleep(20);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return false;
      }
    }
    return isUp();
  }

  @Override
  public void close() {
    synchronized (this) {
      state = State.CLOSED;
    }
    timer.shutdownNow();
    aside.shutdownNow();
    HikariDataSource last = pool;
    if (last != null) {
      last.close();
    }
  }
}
