package io.aigateway.limit;

import io.aigateway.call.Caller;
import io.aigateway.shared.RedisAwayException;
import io.aigateway.shared.RedisLink;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * May this caller ask now? Exact over all replicas while there is Redis; while it is away each
 * replica gives its share of the limits. For all threads; nothing waits.
 */
public final class Limiter implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Limiter.class);
  private static final long TIDY_SECONDS = 60;

  private final LocalLimits local;
  private final @Nullable SharedLimits shared;
  private final ScheduledExecutorService tidying =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "limits-tidy");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param redis null when there is none
   * @param replica unique among all processes that ever were
   * @param nanoClock monotonic, nanoseconds
   */
  public Limiter(@Nullable RedisLink redis, String replica, LongSupplier nanoClock) {
    this.local = new LocalLimits(nanoClock);
    this.shared = redis == null ? null : new SharedLimits(redis, replica);
    if (redis != null) {
      // the last outage's requests have nothing to do with the next one's
      redis.onChange(up -> local.forgetWindows());
    }
  }

  /** Begins to share and to tidy up, and returns at once. */
  public void start() {
    if (shared != null) {
      shared.start();
    }
    tidying.scheduleWithFixedDelay(local::tidy, TIDY_SECONDS, TIDY_SECONDS, TimeUnit.SECONDS);
  }

  /** Whether the decision is there at once, by {@link #decide}. */
  boolean isLocal() {
    return shared == null;
  }

  /** The decision of this replica alone. */
  Decision decide(Caller caller) {
    return local.acquire(caller, shared == null ? 1 : shared.replicas());
  }

  /** The decision of all replicas together, or of this one when Redis doesn't answer in time. */
  CompletionStage<Decision> ask(Caller caller) {
    SharedLimits with = shared;
    if (with == null) {
      return java.util.concurrent.CompletableFuture.completedFuture(decide(caller));
    }
    return with.acquire(caller)
        .exceptionally(
            failure -> {
              Throwable cause = failure.getCause() == null ? failure : failure.getCause();
              if (!(cause instanceof RedisAwayException)) {
                LOG.error("limits in Redis failed: {}", cause.toString());
              }
              return decide(caller);
            });
  }

  @Override
  public void close() {
    tidying.shutdownNow();
    if (shared != null) {
      shared.close();
    }
  }
}
