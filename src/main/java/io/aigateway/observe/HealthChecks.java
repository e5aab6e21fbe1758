package io.aigateway.observe;

import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.springframework.boot.actuate.health.CompositeHealth;
import org.springframework.boot.actuate.health.HealthComponent;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.Status;

/**
 * What do Spring Boot's health indicators say, that of the routes among them? Asked every {@link
 * #PERIOD_SECONDS} on a thread of their own; others read the last result. What watches a dependency
 * by itself is read as it is. For all threads.
 */
public final class HealthChecks implements AutoCloseable {
  private static final long PERIOD_SECONDS = 2;

  /**
   * What one indicator said.
   *
   * @param millis how long it took to say it
   */
  public record Result(boolean up, long millis) {}

  private final HealthEndpoint endpoint;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "health-checks");
            thread.setDaemon(true);
            return thread;
          });
  private final Map<String, Supplier<Result>> watched;
  private volatile Map<String, Result> last = Map.of();

  /**
   * @param watched dependencies that somebody watches, by name; answered at once
   */
  public HealthChecks(HealthEndpoint endpoint, Map<String, Supplier<Result>> watched) {
    this.endpoint = endpoint;
    this.watched = Map.copyOf(watched);
  }

  /** Begins to ask. */
  public void start() {
    timer.scheduleWithFixedDelay(this::check, 0, PERIOD_SECONDS, TimeUnit.SECONDS);
  }

  /** The last result of each indicator, by name. */
  public Map<String, Result> last() {
    Map<String, Result> all = new HashMap<>(last);
    watched.forEach((name, check) -> all.put(name, check.get()));
    return new TreeMap<>(all);
  }

  private void check() {
    Map<String, Result> results = new TreeMap<>();
    long started = System.nanoTime();
    try {
      HealthComponent health = endpoint.health();
      long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - started);
      if (health instanceof CompositeHealth all) {
        all.getComponents()
            .forEach((name, component) -> results.put(name, new Result(isUp(component), millis)));
      }
    } catch (RuntimeException e) {
      results.put("routes", new Result(false, 0));
    }
    last = Map.copyOf(results);
  }

  private static boolean isUp(HealthComponent component) {
    return !Status.DOWN.equals(component.getStatus())
        && !Status.OUT_OF_SERVICE.equals(component.getStatus());
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
