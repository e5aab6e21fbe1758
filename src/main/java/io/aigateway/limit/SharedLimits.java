package io.aigateway.limit;

import io.aigateway.call.Caller;
import io.aigateway.limit.Decision.RefusedBy;
import io.aigateway.shared.RedisLink;
import io.aigateway.shared.RedisLink.Patience;
import io.aigateway.shared.Script;
import io.aigateway.tenant.Quota;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The limits of all replicas together, in Redis: one script decides and charges. A slot of a
 * request under way is a lease that its replica renews, so that a dead replica's slots get free.
 * For all threads; nothing waits.
 */
final class SharedLimits implements AutoCloseable {
  static final Duration LEASE = Duration.ofSeconds(15);

  private static final long RENEW_SECONDS = 5;
  private static final long COUNT_SECONDS = 2;
  private static final long REPLICA_MILLIS = 10_000;
  private static final int RENEWED_AT_ONCE = 500;

  private static final Script ACQUIRE = Script.of(SharedLimits.class, "acquire", "acquire.lua");
  private static final Script RENEW = Script.of(SharedLimits.class, "renew", "renew.lua");
  private static final Script REPLICAS = Script.of(SharedLimits.class, "replicas", "replicas.lua");
  private static final Script RELEASE =
      new Script(
          "release", "for i = 1, #KEYS do redis.call('zrem', KEYS[i], ARGV[1]) end return {1}");

  private final RedisLink redis;
  private final String replica;
  private final Patience patience;
  private final AtomicLong leases = new AtomicLong();
  private final Map<String, Set<String>> underWay = new ConcurrentHashMap<>();
  private volatile int replicas = 1;
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "limits");
            thread.setDaemon(true);
            return thread;
          });

  /**
   * @param replica unique among all processes that ever were
   */
  SharedLimits(RedisLink redis, String replica) {
    this(redis, replica, Patience.REQUEST);
  }

  /**
   * @param patience how long a decision is waited for
   */
  SharedLimits(RedisLink redis, String replica, Patience patience) {
    this.patience = patience;
    this.redis = redis;
    this.replica = replica;
  }

  void start() {
    timer.scheduleWithFixedDelay(this::count, 0, COUNT_SECONDS, TimeUnit.SECONDS);
    timer.scheduleWithFixedDelay(() -> renew("xx"), RENEW_SECONDS, RENEW_SECONDS, TimeUnit.SECONDS);
    redis.onChange(
        up -> {
          if (up) {
            timer.execute(this::count);
            timer.execute(() -> renew("any"));
          }
        });
  }

  /** How many replicas were last seen. */
  int replicas() {
    return replicas;
  }

  private void count() {
    redis
        .run(REPLICAS, Patience.ASIDE, List.of("aigw:{replicas}"), replica, REPLICA_MILLIS)
        .whenComplete(
            (answer, failure) -> {
              if (failure == null) {
                replicas = Math.max(1, ((Long) answer.get(0)).intValue());
              }
            });
  }

  private void renew(String mode) {
    underWay.forEach(
        (slots, held) -> {
          List<Object> arguments = new ArrayList<>(List.of(LEASE.toMillis(), mode));
          for (String lease : held) {
            arguments.add(lease);
            if (arguments.size() == RENEWED_AT_ONCE) {
              redis.run(RENEW, Patience.ASIDE, List.of(slots), arguments.toArray());
              arguments = new ArrayList<>(List.of(LEASE.toMillis(), mode));
            }
          }
          if (arguments.size() > 2) {
            redis.run(RENEW, Patience.ASIDE, List.of(slots), arguments.toArray());
          }
        });
  }

  /** Failed when Redis doesn't answer in time. */
  CompletableFuture<Decision> acquire(Caller caller) {
    Quota tenant = caller.tenantQuota();
    Quota key = caller.keyQuota();
    String prefix = "aigw:{" + caller.tenant() + "}:";
    String keyPrefix = prefix + "key:" + caller.keyId() + ":";
    List<String> keys =
        List.of(prefix + "rate", keyPrefix + "rate", prefix + "slots", keyPrefix + "slots");
    String lease = replica + ":" + leases.incrementAndGet();
    return redis
        .run(
            ACQUIRE,
            patience,
            keys,
            limit(tenant.requestsPerMinute()),
            limit(key.requestsPerMinute()),
            limit(tenant.concurrency()),
            limit(key.concurrency()),
            lease,
            LEASE.toMillis(),
            TimeUnit.NANOSECONDS.toMillis(LocalLimits.WINDOW_NANOS))
        .thenApply(
            answer -> {
              RefusedBy refusedBy = RefusedBy.values()[(int) number(answer, 0)];
              Runnable release = Decision.NOTHING_HELD;
              if (refusedBy == RefusedBy.NOTHING) {
                List<String> slots = new ArrayList<>(2);
                if (tenant.concurrency() != null) {
                  slots.add(keys.get(2));
                }
                if (key.concurrency() != null) {
                  slots.add(keys.get(3));
                }
                release = slots.isEmpty() ? Decision.NOTHING_HELD : hold(slots, lease);
              }
              return new Decision(
                  refusedBy,
                  number(answer, 1),
                  number(answer, 2),
                  number(answer, 3),
                  number(answer, 4),
                  release);
            });
  }

  private Runnable hold(List<String> slots, String lease) {
    slots.forEach(
        each ->
            underWay.compute(
                each,
                (name, held) -> {
                  Set<String> into = held == null ? ConcurrentHashMap.newKeySet() : held;
                  into.add(lease);
                  return into;
                }));
    AtomicBoolean released = new AtomicBoolean();
    return () -> {
      if (released.compareAndSet(false, true)) {
        slots.forEach(
            each ->
                underWay.computeIfPresent(
                    each,
                    (name, held) -> {
                      held.remove(lease);
                      return held.isEmpty() ? null : held;
                    }));
        redis.run(RELEASE, Patience.ASIDE, slots, lease);
      }
    };
  }

  private static long number(List<Object> answer, int at) {
    return ((Number) answer.get(at)).longValue();
  }

  private static long limit(@Nullable Integer limit) {
    return limit == null ? -1 : limit;
  }

  @Override
  public void close() {
    timer.shutdownNow();
  }
}
