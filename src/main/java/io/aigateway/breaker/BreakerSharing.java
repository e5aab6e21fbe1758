package io.aigateway.breaker;

import io.aigateway.shared.Outage;
import io.aigateway.shared.RedisLink;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the breakers of all replicas one, through Redis, on a thread of its own. While Redis is
 * away each replica's breakers go on alone.
 */
public final class BreakerSharing implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BreakerSharing.class);
  private static final long LOOK_MILLIS = 5;

  private final Breakers breakers;
  private final RedisLink redis;
  private final SharedBreakers sharing;
  private final ScheduledThreadPoolExecutor thread;

  /**
   * @param replica unique among all processes that ever were
   * @param label the name of this replica as people know it
   * @param clock monotonic, nanoseconds
   * @param random 0 to 1
   */
  public BreakerSharing(
      Breakers breakers,
      RedisLink redis,
      String replica,
      String label,
      LongSupplier clock,
      DoubleSupplier random) {
    this.breakers = breakers;
    this.redis = redis;
    this.thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread made = new Thread(task, "shared-breakers");
              made.setDaemon(true);
              return made;
            });
    this.sharing =
        new SharedBreakers(
            RedisBreakerStore.of(redis, replica, label), redis::isUp, this::soon, clock, random);
  }

  /** Begins to share the breakers that are there and those that come, and returns at once. */
  public void start() {
    RedisBreakerStore.listen(
        redis,
        new RedisBreakerStore.Listener() {
          @Override
          public void heard(String breaker, ClusterView view) {
            sharing.heard(breaker, view);
          }

          @Override
          public void missed() {
            sharing.missed();
          }
        });
    redis.onChange(up -> soon(sharing::tick));
    breakers.onNew(sharing::add);
    thread.scheduleWithFixedDelay(
        () -> guarded(sharing::tick),
        SharedBreakers.TICK_MILLIS,
        SharedBreakers.TICK_MILLIS,
        TimeUnit.MILLISECONDS);
  }

  private void soon(Runnable task) {
    try {
      thread.execute(() -> guarded(task));
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  /** A fault in one turn must not end all turns. */
  private static void guarded(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("sharing breakers failed: {}", e.toString());
    }
  }

  /**
   * Waits until every breaker knows what the others know; not at all, or no longer, when Redis
   * doesn't answer. For the start, before the first call. Blocks.
   */
  public void awaitState(Duration atMost) throws InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (System.nanoTime() - end < 0) {
      Outage outage = redis.outage();
      if (outage == null ? sharing.allShared() : outage != Outage.CONNECTING) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
