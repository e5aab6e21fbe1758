package io.aigateway.auth;

import io.aigateway.call.Caller;
import io.aigateway.shared.RedisLink;
import io.aigateway.shared.Script;
import io.aigateway.store.Changes.Change;
import io.aigateway.store.Database;
import io.aigateway.store.Session;
import io.aigateway.store.StoreAwayException;
import io.aigateway.store.Vault;
import io.aigateway.tenant.Grant;
import io.aigateway.tenant.OwnCredential;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whose is this key? Holds all keys in memory, the most recently used first when there are too
 * many, and follows what other replicas change: by the feed of the database several times a second,
 * and by Redis at once. A key that it doesn't hold is looked up, not more often than {@link
 * #LOOK_UPS_A_SECOND}. While the database is away the keys it holds go on. With a tenant's keys it
 * holds the tenant's own credentials for providers, opened here and never on a caller's thread. For
 * all threads; only {@link #changed} waits.
 */
public final class KeyDirectory implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(KeyDirectory.class);

  static final int LOOK_UPS_A_SECOND = 50;

  private static final int MOST_HELD = 250_000;
  private static final int MOST_UNKNOWN = 10_000;
  private static final long UNKNOWN_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final long FEED_MILLIS = 300;
  private static final long TELL_MILLIS = 5_000;
  private static final int TOLD_AT_ONCE = 1_000;

  /** A transaction is over long before. */
  private static final Duration LATEST = Duration.ofSeconds(15);

  private static final long RELOAD_NANOS = TimeUnit.SECONDS.toNanos(10);
  private static final Duration KEPT = Duration.ofMinutes(10);
  private static final long WAIT_SECONDS = 2;

  private static final String TOPIC = "aigw:tenants";
  private static final Script TELL =
      new Script("tell", "return {redis.call('publish', ARGV[1], ARGV[2])}");

  private final Database database;
  private final Vault vault;
  private final @Nullable RedisLink redis;
  private final Clock clock;
  private final LongSupplier nanoClock;
  private final LookUpRate rate = new LookUpRate(LOOK_UPS_A_SECOND);
  private final Map<Digest, Long> unknown = new ConcurrentHashMap<>();
  private final Map<Digest, CompletableFuture<Optional<Caller>>> asked = new ConcurrentHashMap<>();
  private final Queue<Known> used = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread made = new Thread(task, "keys");
            made.setDaemon(true);
            return made;
          });

  /** What is held; only the directory's own thread and {@link #take} write, under the lock. */
  private record Held(Map<Digest, Known> byKey, Map<String, Set<Digest>> byTenant) {
    Held() {
      this(new ConcurrentHashMap<>(), new HashMap<>());
    }
  }

  private final Object lock = new Object();
  private volatile Held held = new Held();
  private long epoch;

  // of the directory's own thread
  private Set<Long> seen = new HashSet<>();
  private long followedNanos;
  private long forgottenNanos;
  private volatile boolean loaded;

  /** What a key opens, and what its tenant calls providers with. */
  private record Opened(Grant grant, Map<String, OwnCredential> own) {}

  /**
   * @param redis null when there is none
   * @param nanoClock monotonic, nanoseconds
   */
  public KeyDirectory(
      Database database,
      Vault vault,
      @Nullable RedisLink redis,
      Clock clock,
      LongSupplier nanoClock) {
    this.database = database;
    this.vault = vault;
    this.redis = redis;
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /** Begins to follow, and returns at once. */
  public void start() {
    database.whenUp(() -> onThread(this::follow));
    thread.scheduleWithFixedDelay(
        () -> guarded(this::follow), FEED_MILLIS, FEED_MILLIS, TimeUnit.MILLISECONDS);
    thread.scheduleWithFixedDelay(
        () -> guarded(this::tellUses), TELL_MILLIS, TELL_MILLIS, TimeUnit.MILLISECONDS);
    if (redis != null) {
      redis.subscribe(
          TOPIC,
          new RedisLink.Listener() {
            @Override
            public void heard(String tenant) {
              onThread(() -> refresh(tenant));
            }

            @Override
            public void begins() {
              // what was missed is in the database's feed
            }
          });
    }
  }

  /** Whether it has read the keys that were there at its start. */
  boolean isLoaded() {
    return loaded;
  }

  // ---- asking

  /** What came of looking into memory. */
  public sealed interface Found {
    /** It is good. */
    record Good(Caller caller) implements Found {}

    /** It is not, or not any more. */
    record Bad() implements Found {}

    /** Nothing is known of it. */
    record Unknown() implements Found {}
  }

  private static final Found BAD = new Found.Bad();
  private static final Found UNKNOWN = new Found.Unknown();

  /** The caller of this key when it is known and good; else null. Notes the use. */
  public @Nullable Caller good(byte[] hash) {
    Known known = held.byKey().get(new Digest(hash));
    if (known == null) {
      return null;
    }
    long now = clock.millis();
    if (!known.isGood(now)) {
      return null;
    }
    if (known.used(now)) {
      used.add(known);
    }
    return known.caller();
  }

  /** What is known of a key that is not {@link #good}. */
  public Found otherwise(byte[] hash) {
    Digest digest = new Digest(hash);
    Known known = held.byKey().get(digest);
    if (known != null) {
      return known.isGood(clock.millis()) ? new Found.Good(known.caller()) : BAD;
    }
    Long until = unknown.get(digest);
    return until != null && nanoClock.getAsLong() - until < 0 ? BAD : UNKNOWN;
  }

  /**
   * Looks a key up in the database, without a thread of the caller's.
   *
   * @return empty when it is good for nothing; failed with {@link StoreAwayException} when that
   *     can't be known now
   */
  public CompletionStage<Optional<Caller>> lookUp(byte[] hash) {
    Digest digest = new Digest(hash);
    CompletableFuture<Optional<Caller>> answer = new CompletableFuture<>();
    CompletableFuture<Optional<Caller>> other = asked.putIfAbsent(digest, answer);
    if (other != null) {
      return other;
    }
    if (!rate.take(nanoClock.getAsLong())) {
      asked.remove(digest);
      answer.completeExceptionally(new StoreAwayException());
      return answer;
    }
    read(digest, answer);
    return answer;
  }

  private void read(Digest digest, CompletableFuture<Optional<Caller>> answer) {
    long before;
    synchronized (lock) {
      before = epoch;
    }
    database
        .askAside(
            session ->
                session
                    .keys()
                    .byHash(digest.hex())
                    .map(grant -> new Opened(grant, own(session, grant.tenant().id()))))
        .whenComplete(
            (opened, failure) -> {
              if (failure != null) {
                asked.remove(digest);
                answer.completeExceptionally(failure);
              } else if (opened.isEmpty()) {
                remember(digest);
                asked.remove(digest);
                answer.complete(Optional.empty());
              } else if (!take(opened.get(), digest, before)) {
                // something changed meanwhile, perhaps this
                read(digest, answer);
              } else {
                asked.remove(digest);
                answer.complete(Optional.ofNullable(goodOf(digest)));
              }
            });
  }

  private @Nullable Caller goodOf(Digest digest) {
    Known known = held.byKey().get(digest);
    return known != null && known.isGood(clock.millis()) ? known.caller() : null;
  }

  private void remember(Digest digest) {
    if (unknown.size() >= MOST_UNKNOWN) {
      unknown.clear();
    }
    unknown.put(digest, nanoClock.getAsLong() + UNKNOWN_NANOS);
  }

  /** A tenant's own credentials by provider; mostly there are none. */
  private Map<String, OwnCredential> own(Session session, String tenantId) {
    Map<String, OwnCredential> own = new HashMap<>();
    session
        .credentials()
        .ofTenant(tenantId)
        .forEach(stored -> own.put(stored.provider(), vault.open(stored)));
    return own.isEmpty() ? Map.of() : Map.copyOf(own);
  }

  /** Those of all tenants that have any. */
  private Map<String, Map<String, OwnCredential>> allOwn(Session session) {
    Map<String, Map<String, OwnCredential>> own = new HashMap<>();
    AtomicInteger unreadable = new AtomicInteger();
    session
        .credentials()
        .each(
            stored -> {
              OwnCredential opened = vault.open(stored);
              if (!opened.isReadable()) {
                unreadable.incrementAndGet();
              }
              own.computeIfAbsent(stored.tenantId(), id -> new HashMap<>(2))
                  .put(stored.provider(), opened);
            });
    if (unreadable.get() > 0) {
      LOG.warn(
          "{} of the tenants' own credentials can't be opened with ENCRYPTION_KEY and"
              + " ENCRYPTION_KEY_PREVIOUS: calls that need them fail",
          unreadable.get());
    }
    own.replaceAll((id, credentials) -> Map.copyOf(credentials));
    return own;
  }

  private boolean take(Opened opened, Digest digest, long before) {
    synchronized (lock) {
      if (epoch != before) {
        return false;
      }
      put(held, opened.grant(), opened.own(), digest);
      return true;
    }
  }

  private static void put(Held into, Grant grant, Map<String, OwnCredential> own, Digest digest) {
    into.byKey().put(digest, new Known(grant, own));
    into.byTenant().computeIfAbsent(grant.tenant().id(), id -> new HashSet<>(2)).add(digest);
  }

  // ---- following

  /**
   * A tenant or a key of it was changed here: knows it at once, and tells the other replicas. Waits
   * until it is known, for some seconds at most.
   */
  public void changed(String tenantId) {
    RedisLink link = redis;
    if (link != null) {
      link.run(TELL, RedisLink.Patience.ASIDE, List.of("aigw:{tenants}:told"), TOPIC, tenantId);
    }
    CompletableFuture<Void> done = new CompletableFuture<>();
    onThread(
        () -> {
          refresh(tenantId);
          done.complete(null);
        });
    try {
      done.get(WAIT_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (java.util.concurrent.ExecutionException | java.util.concurrent.TimeoutException e) {
      LOG.warn("a change of a tenant is late");
    }
  }

  private void onThread(Runnable task) {
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
    } catch (StoreAwayException e) {
      // the next turn, or the database's return, makes up for it
    } catch (RuntimeException e) {
      LOG.error("following the keys failed: {}", e.toString());
    }
  }

  private void load() {
    long started = nanoClock.getAsLong();
    List<Change> now = database.ask(session -> session.changes().ofLast(LATEST));
    Held fresh = new Held();
    synchronized (lock) {
      epoch++;
    }
    database.scan(
        session -> {
          Map<String, Map<String, OwnCredential>> own = allOwn(session);
          session
              .keys()
              .eachGrant(
                  clock.instant(),
                  MOST_HELD,
                  grant ->
                      put(
                          fresh,
                          grant,
                          own.getOrDefault(grant.tenant().id(), Map.of()),
                          Digest.ofHex(grant.key().hash())));
          return true;
        });
    synchronized (lock) {
      epoch++;
      held = fresh;
    }
    seen = numbers(now);
    followedNanos = started;
    loaded = true;
    LOG.info(
        "{} keys known after {} ms",
        fresh.byKey().size(),
        TimeUnit.NANOSECONDS.toMillis(nanoClock.getAsLong() - started));
  }

  private void follow() {
    if (!database.isUp()) {
      return;
    }
    long started = nanoClock.getAsLong();
    if (!loaded || started - followedNanos > RELOAD_NANOS) {
      // what changed meanwhile may have left the feed
      load();
      return;
    }
    List<Change> latest = database.ask(session -> session.changes().ofLast(LATEST));
    Set<String> tenants = new HashSet<>();
    for (Change change : latest) {
      if (!seen.contains(change.seq())) {
        tenants.add(change.tenantId());
      }
    }
    tenants.forEach(this::refresh);
    seen = numbers(latest);
    followedNanos = started;
    if (started - forgottenNanos > KEPT.toNanos()) {
      forgottenNanos = started;
      database.ask(
          session -> {
            session.changes().forgetOlderThan(KEPT);
            session.replays().forgetBefore(clock.instant().minus(Duration.ofHours(24)));
            return true;
          });
    }
  }

  private static Set<Long> numbers(List<Change> changes) {
    Set<Long> numbers = new HashSet<>();
    changes.forEach(change -> numbers.add(change.seq()));
    return numbers;
  }

  /**
   * Knows a tenant's keys and credentials as they are stored now; nothing of them when that can't
   * be told.
   */
  private void refresh(String tenantId) {
    List<Opened> grants = List.of();
    StoreAwayException away = null;
    try {
      grants =
          database.ask(
              session -> {
                Map<String, OwnCredential> own = own(session, tenantId);
                return session.keys().ofTenant(tenantId).stream()
                    .map(grant -> new Opened(grant, own))
                    .toList();
              });
    } catch (StoreAwayException e) {
      away = e;
    }
    synchronized (lock) {
      epoch++;
      Held now = held;
      Set<Digest> before = now.byTenant().remove(tenantId);
      Set<Digest> left = before == null ? new HashSet<>() : before;
      for (Opened opened : grants) {
        Digest digest = Digest.ofHex(opened.grant().key().hash());
        put(now, opened.grant(), opened.own(), digest);
        left.remove(digest);
        unknown.remove(digest);
      }
      left.forEach(now.byKey()::remove);
    }
    if (away != null) {
      throw away;
    }
  }

  // ---- last uses

  private void tellUses() {
    while (!used.isEmpty() && database.isUp()) {
      Map<String, Instant> batch = new HashMap<>();
      List<Known> taken = new ArrayList<>();
      for (Known next = used.poll(); next != null; next = used.poll()) {
        taken.add(next);
        batch.put(next.caller().keyId(), next.told());
        if (batch.size() == TOLD_AT_ONCE) {
          break;
        }
      }
      try {
        database.change(
            session -> {
              session.keys().used(batch);
              return true;
            });
      } catch (StoreAwayException e) {
        used.addAll(taken);
        throw e;
      }
    }
  }

  /** Stores the last uses. */
  @Override
  public void close() {
    thread.shutdownNow();
    guarded(this::tellUses);
  }
}
