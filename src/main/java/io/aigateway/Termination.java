package io.aigateway;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.logging.LoggingSystem;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * How does the process end? A signal closes the context, in the order of its lifecycle phases,
 * writes out the logs, and ends the process with 0, where the JVM by itself would say 143; {@link
 * #exit} does the same with a code of its own. Whatever hangs is cut off at the limit. Any thread
 * may call any method.
 *
 * <p>Other shutdown hooks run at the same time and may be cut off: what must happen at the stop
 * belongs into a {@code SmartLifecycle} or a bean's destroy method.
 */
public final class Termination {
  private static final Logger LOG = LoggerFactory.getLogger(Termination.class);

  /** Kept back from the limit for writing out the logs. */
  private static final Duration LOGS = Duration.ofMillis(300);

  private final IntConsumer halt;
  private final Runnable flushLogs;

  private volatile Duration limit = Duration.ofSeconds(30);
  private volatile @Nullable ConfigurableApplicationContext context;
  private volatile int code;
  private volatile boolean underWay;

  Termination(IntConsumer halt, Runnable flushLogs) {
    this.halt = halt;
    this.flushLogs = flushLogs;
  }

  /** The termination of this process, in force from now on. */
  static Termination install() {
    Termination termination = new Termination(Runtime.getRuntime()::halt, Termination::stopLogging);
    Runtime.getRuntime().addShutdownHook(new Thread(termination::run, "termination"));
    return termination;
  }

  /** Sets what the whole stop may take, counted from the signal. */
  void limit(Duration limit) {
    this.limit = limit;
  }

  /** Makes {@code context} the one to close, also while it is still starting. */
  void close(ConfigurableApplicationContext context) {
    this.context = context;
  }

  /** Has the stop begun? */
  public boolean underWay() {
    return underWay;
  }

  /** Stops the process with {@code code}; returns never, so call it from no lifecycle method. */
  public void exit(int code) {
    this.code = code;
    System.exit(code);
  }

  /** The stop itself; ends in {@code halt}, whatever happens. */
  void run() {
    underWay = true;
    try {
      if (!within(limit.minus(LOGS), "stop", this::closeContext)) {
        LOG.warn("the stop took longer than SHUTDOWN_TIMEOUT, what is left is cut off");
      }
      within(LOGS, "log-flush", flushLogs);
    } finally {
      halt.accept(code);
    }
  }

  private void closeContext() {
    ConfigurableApplicationContext closing = context;
    if (closing != null) {
      closing.close();
    }
  }

  private static boolean within(Duration limit, String name, Runnable step) {
    Thread thread = new Thread(step, name);
    thread.setDaemon(true);
    thread.start();
    try {
      TimeUnit.MILLISECONDS.timedJoin(thread, limit.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return !thread.isAlive();
  }

  private static void stopLogging() {
    Runnable handler = LoggingSystem.get(Termination.class.getClassLoader()).getShutdownHandler();
    if (handler != null) {
      handler.run();
    }
  }
}
