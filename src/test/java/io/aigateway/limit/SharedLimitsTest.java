package io.aigateway.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.call.Caller;
import io.aigateway.fake.RedisServer;
import io.aigateway.settings.RedisUrl;
import io.aigateway.shared.RedisLink;
import io.aigateway.shared.RedisLink.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Limits of several replicas on a real Redis. */
class SharedLimitsTest extends LimitsContract {
  private final RedisServer server = RedisServer.start();
  private final List<AutoCloseable> toClose = new ArrayList<>(List.of(server));
  private SharedLimits limits;

  @BeforeEach
  void start() {
    limits = replica("one");
    // the first call of a JVM and of a script takes longer than a request may wait
    for (int i = 0; i < 20; i++) {
      limits.acquire(caller("warm", 100, 100, 100, 100)).handle((ok, failure) -> true).join();
    }
    await()
        .atMost(Duration.ofSeconds(10))
        .ignoreExceptions()
        .until(() -> limits.acquire(caller("warm", 999, null, null, null)).join().isGranted());
  }

  @AfterEach
  void close() throws Exception {
    for (int i = toClose.size() - 1; i >= 0; i--) {
      toClose.get(i).close();
    }
  }

  private RedisLink link() {
    RedisLink link = new RedisLink(RedisUrl.parse(server.url()), System::nanoTime);
    toClose.add(link);
    link.start();
    await().atMost(Duration.ofSeconds(10)).until(link::isUp);
    return link;
  }

  private SharedLimits replica(String name) {
    SharedLimits made = new SharedLimits(link(), name, Patience.ASIDE);
    toClose.add(made);
    made.start();
    return made;
  }

  @Override
  Decision acquire(Caller caller) {
    return limits.acquire(caller).join();
  }

  @Override
  void settle() {
    await()
        .atMost(Duration.ofSeconds(5))
        .until(
            () -> {
              Object left = server.command("ZCARD", "aigw:{acme}:slots");
              return left instanceof Long count && count < 2;
            });
  }

  @Test
  void exactlyTheLimitPassesOverAllReplicasTogether() {
    Caller hundred = caller("acme", 100, null, null, null);
    List<SharedLimits> replicas = List.of(limits, replica("two"), replica("three"));
    List<CompletableFuture<Decision>> asked = new ArrayList<>();
    for (int i = 0; i < 300; i++) {
      asked.add(replicas.get(i % 3).acquire(hundred));
    }

    long passed = asked.stream().filter(each -> each.join().isGranted()).count();

    assertThat(passed).isEqualTo(100);
  }

  @Test
  void slotsOfADeadReplicaGetFree() throws Exception {
    SharedLimits dead = new SharedLimits(link(), "dead", Patience.ASIDE);
    Caller one = caller("acme", null, 1, null, null);
    assertThat(dead.acquire(one).join().isGranted()).isTrue();
    assertThat(acquire(one).isGranted()).isFalse();
    Object left = server.command("PTTL", "aigw:{acme}:slots");
    assertThat((Long) left).isBetween(1L, SharedLimits.LEASE.toMillis());

    // as if its lease had run out
    server.command("ZADD", "aigw:{acme}:slots", "XX", "1", "dead:1");

    assertThat(acquire(one).isGranted()).isTrue();
  }

  @Test
  void replicasAreCounted() {
    SharedLimits second = replica("two");

    await().atMost(Duration.ofSeconds(6)).until(() -> second.replicas() == 2);
    await().atMost(Duration.ofSeconds(6)).until(() -> limits.replicas() == 2);
  }

  @Test
  void withoutRedisEachReplicaGivesItsShareAtOnce() {
    RedisLink link = link();
    Limiter limiter = new Limiter(link, "four", System::nanoTime);
    toClose.add(limiter);
    limiter.start();
    Caller ten = caller("acme", 10, null, null, null);
    assertThat(limiter.ask(ten).toCompletableFuture().join().isGranted()).isTrue();
    await().atMost(Duration.ofSeconds(6)).until(() -> limits.replicas() == 2);

    server.freeze();
    try {
      long started = System.nanoTime();
      Decision first = limiter.ask(ten).toCompletableFuture().join();
      long waited = Duration.ofNanos(System.nanoTime() - started).toMillis();
      started = System.nanoTime();
      for (int i = 0; i < 100; i++) {
        limiter.ask(ten).toCompletableFuture().join();
      }
      long then = Duration.ofNanos(System.nanoTime() - started).toMillis();

      assertThat(first.isGranted()).isTrue();
      assertThat(first.limit()).isLessThanOrEqualTo(10);
      assertThat(waited).isLessThan(500);
      assertThat(then).as("100 more, milliseconds").isLessThan(500);
    } finally {
      server.thaw();
    }
    await().atMost(Duration.ofSeconds(5)).until(link::isUp);
  }
}
