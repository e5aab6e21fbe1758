package io.aigateway.shared;

import io.aigateway.settings.RedisUrl;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.redisson.api.RScript;
import org.redisson.api.RTopic;
import org.redisson.api.RedissonClient;
import org.redisson.api.listener.StatusListener;
import org.redisson.client.codec.StringCodec;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Can Redis be asked now, and what does it say? The one connection of all that replicas share, and
 * the switch that stops asking: the first call without an answer in time turns it off, calls then
 * fail at once, and a try about every half second turns it on again. Connects aside and again and
 * again; nothing here ever blocks the caller. For all threads.
 *
 * <p>What a call returned as failed may still be carried out later, when a frozen Redis goes on:
 * scripts must know a late call by themselves.
 */
public final class RedisLink implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RedisLink.class);

  /** How long an answer is waited for. */
  public enum Patience {
    /**
     * A request of a caller waits for it: 50 ms. Whoever misses that stops all others of this kind
     * until Redis is quick again, but not what goes on aside.
     */
    REQUEST(50),
    /** Nobody waits for it: 500 ms. Without an answer by then Redis is away. */
    ASIDE(500);

    private final long millis;

    Patience(long millis) {
      this.millis = millis;
    }

    public Duration time() {
      return Duration.ofMillis(millis);
    }
  }

  /** A deadline that comes so late itself says that this process stood still, not Redis. */
  private static final long LATE_NANOS = TimeUnit.MILLISECONDS.toNanos(25);

  private static final long FIRST_TRY_MILLIS = 100;
  private static final long TRY_MILLIS = 500;
  private static final long SECOND_TRY_MILLIS = 50;
  private static final int TRIES_TO_TRUST = 2;
  private static final long HEARTBEAT_MILLIS = 1000;
  private static final long REPLACE_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final int MOST_IN_FLIGHT = 4096;

  private static final String PREFIX = "aigw:";

  /** A write: a replica that only reads, or a server without memory, must not pass for usable. */
  private static final Script TRY =
      new Script("try", "redis.call('set', KEYS[1], '1', 'px', 1000) return {1}");

  private static final Script HEARTBEAT = new Script("heartbeat", "return {1}");

  private final Clients clients;
  private final LongSupplier clock;
  private final long asideMillis;
  private final ScheduledExecutorService timer;
  private final ScheduledExecutorService connector;
  private final List<Consumer<Boolean>> watchers = new CopyOnWriteArrayList<>();
  private final Map<String, Listener> topics = new ConcurrentHashMap<>();
  private final Map<String, Boolean> subscribed = new ConcurrentHashMap<>();
  private final AtomicInteger inFlight = new AtomicInteger();

  private volatile @Nullable RedissonClient client;
  private volatile @Nullable Outage outage = Outage.CONNECTING;
  private volatile boolean quick = true;
  private volatile long lastMillis;
  private volatile long awaySinceNanos;
  private volatile long replaceAtNanos;
  private volatile String tag = "{link}";
  private int goodTries;

  /**
   * @param clock monotonic, nanoseconds
   */
  public RedisLink(RedisUrl url, LongSupplier clock) {
    this(url, clock, Patience.ASIDE.time());
  }

  /**
   * @param clock monotonic, nanoseconds
   * @param aside how long what nobody waits for may take, instead of the time of {@link
   *     Patience#ASIDE}
   */
  public RedisLink(RedisUrl url, LongSupplier clock, Duration aside) {
    this.asideMillis = aside.toMillis();
    this.clients = new Clients(url);
    this.clock = clock;
    this.timer = executor("shared-state");
    this.connector = executor("shared-connect");
    this.awaySinceNanos = clock.getAsLong();
  }

  private static ScheduledExecutorService executor(String name) {
    ScheduledThreadPoolExecutor executor =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, name);
              thread.setDaemon(true);
              return thread;
            });
    executor.setRemoveOnCancelPolicy(true);
    return executor;
  }

  /** Begins to connect, and returns at once. */
  public void start() {
    connector.execute(this::connect);
    timer.scheduleWithFixedDelay(
        this::heartbeat, HEARTBEAT_MILLIS, HEARTBEAT_MILLIS, TimeUnit.MILLISECONDS);
  }

  public boolean isUp() {
    return outage == null;
  }

  /** Why it is not up; null when it is. */
  public @Nullable Outage outage() {
    return outage;
  }

  /** How long the last sign of life took, milliseconds. */
  public long lastMillis() {
    return lastMillis;
  }

  /** Tells {@code watcher} when it goes away or comes back; on a thread that must not be held. */
  public void onChange(Consumer<Boolean> watcher) {
    watchers.add(watcher);
  }

  /** Hears a topic; on a thread that must not be held. */
  public interface Listener {
    void heard(String message);

    /** From now on messages come; some may have been missed until now. */
    void begins();
  }

  /** Gives messages of a topic to {@code listener}. Messages may be lost. */
  public void subscribe(String topic, Listener listener) {
    topics.put(topic, listener);
    if (isUp()) {
      subscribeAll();
    }
  }

  /**
   * Has Redis carry out a script.
   *
   * @param keys all of one hash tag
   * @return done within the time of {@code patience}; failed with {@link RedisAwayException} when
   *     there is no answer to be had
   */
  public CompletableFuture<List<Object>> run(
      Script script, Patience patience, List<String> keys, Object... arguments) {
    Outage away = outage;
    RedissonClient to = client;
    if (away != null || to == null) {
      return CompletableFuture.failedFuture(
          new RedisAwayException(away == null ? Outage.CONNECTING : away));
    }
    if (patience == Patience.REQUEST && !quick) {
      return CompletableFuture.failedFuture(new RedisAwayException(Outage.NO_ANSWER));
    }
    return send(to, script, patience, keys, arguments, true);
  }

  private CompletableFuture<List<Object>> send(
      RedissonClient to,
      Script script,
      Patience patience,
      List<String> keys,
      Object[] arguments,
      boolean counts) {
    Sent sent = new Sent(script, patience, keys, counts);
    if (inFlight.incrementAndGet() > MOST_IN_FLIGHT) {
      sent.settle(null, new RedisAwayException(Outage.NO_ANSWER));
      return sent.answer;
    }
    try {
      sent.expiry = timer.schedule(sent::expire, millis(patience), TimeUnit.MILLISECONDS);
      to.getScript(StringCodec.INSTANCE)
          .<List<Object>>evalAsync(
              RScript.Mode.READ_WRITE,
              script.text(),
              RScript.ReturnType.MULTI,
              List.copyOf(keys),
              arguments)
          .whenComplete(sent::settle);
    } catch (RuntimeException e) {
      sent.settle(null, e);
    }
    return sent.answer;
  }

  private long millis(Patience patience) {
    return patience == Patience.ASIDE ? asideMillis : patience.millis;
  }

  /** A call that Redis has been sent. */
  private final class Sent {
    private final CompletableFuture<List<Object>> answer = new CompletableFuture<>();
    private final Script script;
    private final Patience patience;
    private final List<String> keys;
    private final boolean counts;
    private final long sentNanos = clock.getAsLong();
    private long dueNanos;
    private boolean settled;
    private @Nullable Future<?> expiry;

    /**
     * @param counts whether a failure turns the switch off
     */
    private Sent(Script script, Patience patience, List<String> keys, boolean counts) {
      this.script = script;
      this.patience = patience;
      this.dueNanos = sentNanos + TimeUnit.MILLISECONDS.toNanos(millis(patience));
      this.keys = keys;
      this.counts = counts;
    }

    private synchronized boolean first() {
      boolean first = !settled;
      settled = true;
      return first;
    }

    private void settle(@Nullable List<Object> value, @Nullable Throwable failure) {
      if (!first()) {
        return;
      }
      inFlight.decrementAndGet();
      Future<?> pending = expiry;
      if (pending != null) {
        pending.cancel(false);
      }
      if (failure == null) {
        lastMillis = TimeUnit.NANOSECONDS.toMillis(clock.getAsLong() - sentNanos);
        answer.complete(value == null ? List.of() : value);
        return;
      }
      Outage why = failure instanceof RedisAwayException away ? away.outage() : Outage.of(failure);
      if (why == null) {
        // the script itself is at fault, not Redis
        LOG.error("{} failed: {}", script, failure.getClass().getSimpleName());
        answer.completeExceptionally(failure);
        return;
      }
      failed(why);
    }

    private void expire() {
      long late = clock.getAsLong() - dueNanos;
      if (late > LATE_NANOS) {
        dueNanos = clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(millis(patience));
        try {
          expiry = timer.schedule(this::expire, millis(patience), TimeUnit.MILLISECONDS);
          return;
        } catch (RejectedExecutionException e) {
          // closed
        }
      }
      if (first()) {
        inFlight.decrementAndGet();
        if (patience == Patience.REQUEST) {
          slow();
          answer.completeExceptionally(new RedisAwayException(Outage.NO_ANSWER));
        } else {
          failed(Outage.NO_ANSWER);
        }
      }
    }

    private void failed(Outage why) {
      if (counts) {
        away(why, keys);
      }
      answer.completeExceptionally(new RedisAwayException(why));
    }
  }

  // ---- the switch

  private void away(Outage why, List<String> keys) {
    boolean changed;
    synchronized (this) {
      Outage before = outage;
      if (before == Outage.CLOSED) {
        return;
      }
      changed = before == null;
      outage = why;
      if (changed) {
        awaySinceNanos = clock.getAsLong();
        replaceAtNanos = awaySinceNanos + REPLACE_NANOS;
        goodTries = 0;
        tag = tagOf(keys);
      } else if (before == Outage.CONNECTING && why != before) {
        LOG.warn("Redis {}: each replica goes on alone until it is there", why.text());
      }
    }
    if (changed) {
      LOG.warn("Redis {}: each replica goes on alone until it is back", why.text());
      watchers.forEach(watcher -> watcher.accept(false));
      again(this::tryOut, FIRST_TRY_MILLIS);
    }
  }

  /** Where the failed call would have gone: in a cluster another part may be well. */
  private static String tagOf(List<String> keys) {
    if (!keys.isEmpty()) {
      String key = keys.get(0);
      int open = key.indexOf('{');
      int close = key.indexOf('}', open + 1);
      if (open >= 0 && close > open) {
        return key.substring(open, close + 1);
      }
    }
    return "{link}";
  }

  private void back() {
    long away;
    synchronized (this) {
      if (outage == null || outage == Outage.CLOSED) {
        return;
      }
      away = clock.getAsLong() - awaySinceNanos;
      outage = null;
      quick = true;
    }
    LOG.info("Redis is in use after {} ms without it", TimeUnit.NANOSECONDS.toMillis(away));
    subscribeAll();
    watchers.forEach(watcher -> watcher.accept(true));
  }

  private void tryOut() {
    RedissonClient to = client;
    if (to == null || outage == null || outage == Outage.CLOSED) {
      return;
    }
    send(to, TRY, Patience.ASIDE, List.of(PREFIX + tag + ":try"), new Object[0], false)
        .whenComplete((answer, failure) -> tried(failure));
  }

  private void tried(@Nullable Throwable failure) {
    if (failure == null) {
      goodTries++;
      if (goodTries >= TRIES_TO_TRUST) {
        back();
      } else {
        again(this::tryOut, SECOND_TRY_MILLIS);
      }
      return;
    }
    goodTries = 0;
    if (failure instanceof RedisAwayException still) {
      away(still.outage(), List.of());
    }
    if (clock.getAsLong() - replaceAtNanos > 0) {
      onConnector(this::replace);
    } else {
      again(this::tryOut, TRY_MILLIS);
    }
  }

  /** Notices an outage that nobody would run into, and when Redis is quick enough for requests. */
  private void heartbeat() {
    if (!isUp()) {
      return;
    }
    long sent = clock.getAsLong();
    run(HEARTBEAT, Patience.ASIDE, List.of(PREFIX + tag + ":try"))
        .thenRun(() -> quick = clock.getAsLong() - sent <= Patience.REQUEST.time().toNanos());
  }

  /** A request has waited in vain; the next heartbeat says whether Redis is away. */
  private void slow() {
    if (quick) {
      quick = false;
      again(this::heartbeat, 0);
    }
  }

  private void again(Runnable task, long millis) {
    try {
      timer.schedule(task, millis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  private void onConnector(Runnable task) {
    try {
      connector.execute(task);
    } catch (RejectedExecutionException e) {
      // closed
    }
  }

  // ---- the client, on the connector's thread

  private void connect() {
    if (outage == Outage.CLOSED) {
      return;
    }
    try {
      client = clients.connect();
      replaceAtNanos = clock.getAsLong() + REPLACE_NANOS;
      again(this::tryOut, 0);
    } catch (IOException | RuntimeException e) {
      Outage why = Outage.of(e);
      away(why == null ? Outage.UNREACHABLE : why, List.of());
      try {
        connector.schedule(this::connect, TRY_MILLIS, TimeUnit.MILLISECONDS);
      } catch (RejectedExecutionException closed) {
        // closed
      }
    }
  }

  /**
   * The client should have found its way back by itself. If Redis is well but the client is not,
   * for instance because its address has moved, another client takes its place.
   */
  private void replace() {
    RedissonClient old = client;
    if (outage == null || outage == Outage.CLOSED || old == null) {
      return;
    }
    try {
      RedissonClient next = clients.connect();
      client = next;
      subscribed.clear();
      old.shutdown(0, 1, TimeUnit.SECONDS);
      replaceAtNanos = clock.getAsLong() + REPLACE_NANOS;
    } catch (IOException | RuntimeException e) {
      Outage why = Outage.of(e);
      away(why == null ? Outage.UNREACHABLE : why, List.of());
    }
    again(this::tryOut, TRY_MILLIS / 2);
  }

  private record Begins(Listener listener) implements StatusListener {
    @Override
    public void onSubscribe(String channel) {
      listener.begins();
    }

    @Override
    public void onUnsubscribe(String channel) {
      // another subscription follows, or nobody is interested
    }
  }

  private void subscribeAll() {
    RedissonClient to = client;
    if (to == null) {
      return;
    }
    topics.forEach(
        (topic, listener) -> {
          if (subscribed.putIfAbsent(topic, true) == null) {
            RTopic channel = to.getTopic(topic, StringCodec.INSTANCE);
            // also after the client has found its way back
            channel.addListenerAsync(new Begins(listener));
            channel
                .addListenerAsync(String.class, (name, message) -> listener.heard(message))
                .whenComplete(
                    (id, failure) -> {
                      if (failure != null) {
                        subscribed.remove(topic);
                        again(this::subscribeAll, TRY_MILLIS);
                      }
                    });
          }
        });
  }

  @Override
  public void close() {
    synchronized (this) {
      outage = Outage.CLOSED;
    }
    timer.shutdownNow();
    connector.shutdownNow();
    RedissonClient last = client;
    if (last != null) {
      last.shutdown(0, 1, TimeUnit.SECONDS);
    }
  }
}
