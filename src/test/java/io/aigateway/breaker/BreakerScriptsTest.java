package io.aigateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.breaker.Breaker.State;
import io.aigateway.breaker.BreakerStore.Answer;
import io.aigateway.breaker.BreakerStore.Asked;
import io.aigateway.breaker.BreakerStore.ProbeVerb;
import io.aigateway.breaker.BreakerStore.Status;
import io.aigateway.fake.RedisServer;
import io.aigateway.settings.RedisUrl;
import io.aigateway.shared.RedisLink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What do the scripts decide in a real Redis, and does their twin say the same? */
class BreakerScriptsTest {
  private static final BreakerSettings SETTINGS =
      new BreakerSettings(5, 50, 10, Duration.ofSeconds(30), Duration.ofSeconds(1), 2);

  private static final RedisServer SERVER = RedisServer.start();
  private final RedisBreakerStore a = store("replica-a", "pod-a");
  private final RedisBreakerStore b = store("replica-b", "pod-b");
  private long number;

  @AfterAll
  static void close() {
    SERVER.close();
  }

  /** Without the connection proper, so that a busy machine makes no difference. */
  private static RedisBreakerStore store(String replica, String label) {
    return new RedisBreakerStore(
        (script, keys, arguments) -> {
          List<String> words = new ArrayList<>();
          words.add("EVAL");
          words.add(script.text());
          words.add(Integer.toString(keys.size()));
          words.addAll(keys);
          words.addAll(List.of(arguments));
          List<Object> answer = new ArrayList<>();
          ((List<?>) Objects.requireNonNull(SERVER.command(words.toArray(String[]::new))))
              .forEach(answer::add);
          return CompletableFuture.completedFuture(answer);
        },
        replica,
        label);
  }

  @BeforeEach
  void empty() {
    SERVER.command("FLUSHALL");
  }

  private static long now() {
    List<?> time = (List<?>) Objects.requireNonNull(SERVER.command("TIME"));
    return Long.parseLong(time.get(0).toString()) * 1000
        + Long.parseLong(time.get(1).toString()) / 1000;
  }

  private static Asked asked(String epoch, long version) {
    return new Asked("p", SETTINGS, now(), epoch, version);
  }

  private static Asked knowing(Answer answer) {
    ClusterView view = view(answer);
    return asked(view.epoch(), view.version());
  }

  private static ClusterView view(Answer answer) {
    return Objects.requireNonNull(answer.view());
  }

  private static Answer get(java.util.concurrent.CompletionStage<Answer> stage) {
    return stage.toCompletableFuture().join();
  }

  private Answer join(RedisBreakerStore store) {
    return get(store.report(asked("", 0), ++number, Batch.EMPTY, null));
  }

  private Answer report(RedisBreakerStore store, Answer known, Batch batch) {
    return get(store.report(knowing(known), ++number, batch, null));
  }

  private static Batch failures(int count) {
    return new Batch(count, count, -1, count, 100, 0, null, "server_error");
  }

  private static Batch mixed(int successes, int failures) {
    return new Batch(successes + failures, failures, 5, 0, 0, 0, null, "timeout");
  }

  private static Answer opened(RedisBreakerStore by, BreakerScriptsTest test) {
    Answer first = test.join(by);
    return test.report(by, first, failures(5));
  }

  private static void untilHalfOpen() {
    await()
        .pollInterval(Duration.ofMillis(10))
        .until(
            () ->
                String.valueOf(SERVER.command("EVAL", TIME_LEFT, "1", "aigw:{breaker:p}:state"))
                    .equals("0"));
  }

  private static final String TIME_LEFT =
      "local t = redis.call('time') local s = cjson.decode(redis.call('get', KEYS[1]))"
          + " return math.max(0, s.till - t[1] * 1000 - math.floor(t[2] / 1000))";

  @Test
  void failuresOfAllReplicasMakeARow() {
    Answer known = join(a);

    Answer third = report(a, known, failures(3));
    assertThat(view(third).state()).isEqualTo(State.CLOSED);
    Answer fifth = report(b, known, failures(2));

    assertThat(view(fifth).state()).isEqualTo(State.OPEN);
    assertThat(fifth.changedFrom()).isEqualTo(State.CLOSED);
    assertThat(view(fifth).version()).isEqualTo(view(known).version() + 1);
    assertThat(view(fifth).openedBy()).isEqualTo("pod-b");
    assertThat(view(fifth).reason())
        .isEqualTo("5 failures in a row, 5 of 5 calls failed (100 %), the last: server_error");
    assertThat(view(fifth).leftMillis()).isBetween(900L, 1000L);
  }

  @Test
  void successOfOneReplicaEndsTheRowOfAnother() {
    Answer known = join(a);
    report(a, known, failures(4));
    report(b, known, new Batch(1, 0, 50, 0, 0, 0, null, ""));

    // the first of these was before that success
    Answer after = report(a, known, new Batch(4, 4, -1, 4, 60, 0, null, "timeout"));

    assertThat(view(after).state()).isEqualTo(State.CLOSED);
    assertThat(view(after).failures()).isEqualTo(8);
    assertThat(view(after).okAgoMillis()).isBetween(40L, 5000L);
  }

  @Test
  void rowDoesNotOpenWithin500MillisecondsOfAnybodysSuccess() {
    Answer known = join(a);
    report(b, known, new Batch(50, 0, 5, 0, 0, 0, null, ""));

    Answer soon = report(a, known, new Batch(9, 9, -1, 9, 0, 0, null, "timeout"));
    assertThat(view(soon).state()).isEqualTo(State.CLOSED);
    await().pollDelay(Duration.ofMillis(520)).until(() -> true);
    Answer later = report(a, known, new Batch(1, 1, -1, 1, 0, 0, null, "timeout"));

    assertThat(view(later).state()).isEqualTo(State.OPEN);
    assertThat(view(later).reason()).startsWith("10 failures in a row, 10 of 60 calls");
  }

  @Test
  void rateOfAllReplicasOpens() {
    Answer known = join(a);

    assertThat(view(report(a, known, mixed(3, 4))).state()).isEqualTo(State.CLOSED);
    Answer early = report(b, known, mixed(2, 1));
    assertThat(early.status()).as("counted for a moment only").isEqualTo(Status.PENDING);
    await().pollDelay(Duration.ofMillis(520)).until(() -> true);
    Answer opened = report(b, known, new Batch(0, 0, -1, 0, 0, 0, null, "timeout", true));

    assertThat(view(opened).state()).isEqualTo(State.OPEN);
    assertThat(view(opened).reason()).isEqualTo("5 of 10 calls failed (50 %), the last: timeout");
  }

  @Test
  void refusedCredentialOpensAtOnceAndRetryAfterLengthens() {
    Answer known = join(a);

    Answer opened = report(a, known, new Batch(0, 0, -1, 0, 0, 0, "unauthorized", ""));
    assertThat(view(opened).reason()).isEqualTo("unauthorized");
    Answer longer = report(b, known, new Batch(0, 0, -1, 0, 0, 60_000, null, ""));
    assertThat(view(longer).leftMillis()).isBetween(59_000L, 60_000L);
    assertThat(view(longer).version()).isEqualTo(view(opened).version());
    Answer shorter = report(b, known, new Batch(1, 1, -1, 1, 0, 5_000, null, "rate_limited"));

    assertThat(view(shorter).leftMillis()).isBetween(59_000L, 60_000L);
  }

  @Test
  void batchesOfAnEarlierStateRepeatedOnesAndLateOnesChangeNothing() {
    Answer known = join(a);
    Answer reported = report(a, known, mixed(6, 2));

    Answer again = get(a.report(knowing(known), number, mixed(6, 2), null));
    assertThat(again.status()).isEqualTo(Status.DUP);
    assertThat(view(again).calls()).isEqualTo(8);
    Answer older = get(a.report(knowing(known), number - 1, mixed(6, 2), null));
    assertThat(older.status()).isEqualTo(Status.DUP);
    assertThat(get(a.report(knowing(known), number, mixed(6, 2), null)).status())
        .as("an older repeat doesn't make the newest new")
        .isEqualTo(Status.DUP);
    Asked long_ago =
        new Asked("p", SETTINGS, now() - 2500, view(known).epoch(), view(known).version());
    Answer late = get(a.report(long_ago, ++number, failures(9), null));
    assertThat(late.status()).isEqualTo(Status.LATE);
    assertThat(view(late)).extracting(ClusterView::calls).isEqualTo(8);
    assertThat(get(a.force(long_ago, Breaker.Force.OPEN)).status()).isEqualTo(Status.LATE);
    Answer other =
        get(
            a.report(
                asked(view(known).epoch(), view(known).version() - 1),
                ++number,
                failures(9),
                null));
    assertThat(view(other).calls()).isEqualTo(8);
    Answer otherLife =
        get(a.report(asked("x", view(known).version()), ++number, failures(9), null));
    assertThat(view(otherLife).calls()).isEqualTo(8);
    assertThat(view(reported).state()).isEqualTo(State.CLOSED);
  }

  @Test
  void oneProbeForAllAndTwoCloseIt() {
    Answer opened = opened(a, this);
    assertThat(get(a.probe(knowing(opened), new ProbeVerb.Acquire(true))).status())
        .isEqualTo(Status.DENIED);
    untilHalfOpen();

    Answer granted = get(a.probe(knowing(opened), new ProbeVerb.Acquire(true)));
    assertThat(granted.status()).isEqualTo(Status.GRANTED);
    assertThat(granted.changedFrom()).isEqualTo(State.OPEN);
    assertThat(view(granted).state()).isEqualTo(State.HALF_OPEN);
    Answer denied = get(b.probe(knowing(granted), new ProbeVerb.Acquire(true)));
    assertThat(denied.status()).isEqualTo(Status.DENIED);
    assertThat(view(denied).leaseOwner()).isEqualTo("replica-a");
    Answer renewed = get(a.probe(knowing(granted), new ProbeVerb.Renew(view(granted).lease())));
    assertThat(renewed.status()).isEqualTo(Status.GRANTED);
    assertThat(view(renewed).leaseWanted()).isTrue();
    Answer first =
        get(a.probe(knowing(granted), new ProbeVerb.Settle(view(granted).lease(), null, 0, true)));
    assertThat(first.status()).isEqualTo(Status.GRANTED);
    assertThat(view(first).passed()).isEqualTo(1);
    assertThat(
            get(a.probe(
                    knowing(granted), new ProbeVerb.Settle(view(granted).lease(), null, 0, true)))
                .status())
        .as("the same outcome again")
        .isEqualTo(Status.LOST);
    Answer second =
        get(a.probe(knowing(first), new ProbeVerb.Settle(view(first).lease(), null, 0, true)));

    assertThat(view(second).state()).isEqualTo(State.CLOSED);
    assertThat(second.changedFrom()).isEqualTo(State.HALF_OPEN);
    assertThat(view(second).calls()).isZero();
  }

  @Test
  void leaseOfADeadReplicaExpiresAndOneThatIsGivenBackIsFree() {
    Answer opened = opened(a, this);
    untilHalfOpen();
    Answer granted = get(a.probe(knowing(opened), new ProbeVerb.Acquire(true)));

    await()
        .atMost(Duration.ofMillis(Lease.LENGTH_MILLIS + 500))
        .pollInterval(Duration.ofMillis(50))
        .until(
            () ->
                get(b.probe(knowing(granted), new ProbeVerb.Acquire(true))).status()
                    == Status.GRANTED);
    Answer late =
        get(
            a.probe(
                knowing(granted),
                new ProbeVerb.Settle(view(granted).lease(), "timeout", 0, false)));
    assertThat(late.status()).isEqualTo(Status.LOST);
    assertThat(view(late).state()).isEqualTo(State.HALF_OPEN);

    get(b.probe(knowing(granted), new ProbeVerb.GiveBack(view(late).lease())));
    assertThat(get(a.probe(knowing(granted), new ProbeVerb.Acquire(false))).status())
        .isEqualTo(Status.GRANTED);
  }

  @Test
  void failedProbeOpensAgainForAsLongAsAskedFor() {
    Answer opened = opened(a, this);
    untilHalfOpen();
    Answer granted = get(a.probe(knowing(opened), new ProbeVerb.Acquire(true)));

    Answer again =
        get(
            a.probe(
                knowing(granted),
                new ProbeVerb.Settle(view(granted).lease(), "rate_limited", 7000, false)));

    assertThat(view(again).state()).isEqualTo(State.OPEN);
    assertThat(view(again).leftMillis()).isBetween(6900L, 7000L);
    assertThat(view(again).reason()).isEqualTo("a probe failed: rate_limited");
  }

  @Test
  void forcedStateHoldsUntilAuto() {
    Answer known = join(a);

    Answer open = get(a.force(knowing(known), Breaker.Force.OPEN));
    assertThat(view(open).state()).isEqualTo(State.FORCED_OPEN);
    assertThat(get(b.probe(knowing(open), new ProbeVerb.Acquire(true))).status())
        .isEqualTo(Status.DENIED);
    assertThat(SERVER.command("PTTL", "aigw:{breaker:p}:state")).isEqualTo(-1L);
    Answer closed = get(b.force(knowing(open), Breaker.Force.CLOSED));
    Answer failing = report(a, closed, failures(30));
    assertThat(view(failing).state()).isEqualTo(State.FORCED_CLOSED);
    assertThat(view(failing).failures()).isEqualTo(30);
    Answer auto = get(a.force(knowing(failing), Breaker.Force.AUTO));

    assertThat(view(auto).state()).isEqualTo(State.CLOSED);
    assertThat(auto.changedFrom()).isEqualTo(State.FORCED_CLOSED);
    assertThat((Long) SERVER.command("PTTL", "aigw:{breaker:p}:state"))
        .isGreaterThan(Duration.ofDays(6).toMillis());
    assertThat(get(a.force(knowing(auto), Breaker.Force.AUTO)).changedFrom()).isNull();
  }

  @Test
  void emptyServerLearnsFromReplicasAndTheLaterOpeningWins() {
    Answer known = join(a);
    Proposal closed = new Proposal(false, State.CLOSED, 3_600_000, 0, "", "");
    Proposal open = new Proposal(false, State.OPEN, 10_000, 20_000, "pod-x", "down");
    SERVER.command("FLUSHALL");
    assertThat(get(a.read(knowing(known))).view()).isNull();
    assertThat(get(a.probe(knowing(known), new ProbeVerb.Acquire(true))).status())
        .isEqualTo(Status.NONE);

    Answer first = get(a.report(knowing(known), ++number, Batch.EMPTY, closed));
    assertThat(view(first).state()).isEqualTo(State.CLOSED);
    assertThat(view(first).version()).isEqualTo(view(known).version() + 1);
    assertThat(view(first).epoch()).isNotEqualTo(view(known).epoch());
    Answer second = get(b.report(knowing(known), ++number, Batch.EMPTY, open));

    assertThat(view(second).state()).isEqualTo(State.OPEN);
    assertThat(view(second).leftMillis()).isBetween(19_900L, 20_000L);
    assertThat(view(second).openedBy()).isEqualTo("pod-x");
    Answer third = get(a.report(knowing(known), ++number, Batch.EMPTY, closed));
    assertThat(view(third).state()).as("the older one doesn't").isEqualTo(State.OPEN);
  }

  @Test
  void whatAReplicaCameToAloneCountsIfItIsLater() {
    Answer opened = opened(a, this);
    Proposal heard = new Proposal(false, State.CLOSED, 0, 0, "", "");
    Proposal own = new Proposal(true, State.CLOSED, 0, 0, "pod-b", "2 probes succeeded");

    Answer ignored = get(b.report(knowing(opened), ++number, Batch.EMPTY, heard));
    assertThat(view(ignored).state()).isEqualTo(State.OPEN);
    Answer older =
        get(
            b.report(
                knowing(opened),
                ++number,
                Batch.EMPTY,
                new Proposal(true, State.CLOSED, 5000, 0, "", "")));
    assertThat(view(older).state()).isEqualTo(State.OPEN);
    Answer taken = get(b.report(knowing(opened), ++number, Batch.EMPTY, own));

    assertThat(view(taken).state()).isEqualTo(State.CLOSED);
    assertThat(taken.changedFrom()).isEqualTo(State.OPEN);
  }

  @Test
  void clockThatGoesBackDoesNotKeepItOpenForEver() {
    Answer opened = opened(a, this);
    String key = "aigw:{breaker:p}:state";
    SERVER.command(
        "EVAL",
        "local s = cjson.decode(redis.call('get', KEYS[1])) for _, f in ipairs({'since', 'till',"
            + " 'ok', 'at'}) do s[f] = s[f] + 3600000 end redis.call('set', KEYS[1],"
            + " cjson.encode(s))",
        "1",
        key);

    Answer read = get(a.read(knowing(opened)));

    assertThat(view(read).leftMillis()).isLessThanOrEqualTo(1000);
    assertThat(view(read).sinceMillis()).isBetween(0L, 2000L);
  }

  @Test
  void manyReportsAreSlowedDown() {
    Answer known = join(a);
    assertThat(view(known).paceMillis()).isEqualTo(200);
    String key = "aigw:{breaker:p}:state";
    SERVER.command(
        "EVAL",
        "local t = redis.call('time') local s = cjson.decode(redis.call('get', KEYS[1]))"
            + " s.w = {{tonumber(t[1]) - 1, 900000, 0, 1500}}"
            + " redis.call('set', KEYS[1], cjson.encode(s))",
        "1",
        key);

    assertThat(view(report(b, known, mixed(10, 0))).paceMillis())
        .as("unless the second has changed in between")
        .isIn(600L, 200L);
  }

  @Test
  void changesAreTold() {
    List<String> told = new CopyOnWriteArrayList<>();
    RedisLink link = new RedisLink(RedisUrl.parse(SERVER.url()), System::nanoTime);
    link.start();
    await().until(link::isUp);
    RedisBreakerStore.listen(
        link,
        new RedisBreakerStore.Listener() {
          @Override
          public void heard(String breaker, ClusterView view) {
            told.add(breaker + " " + view.state() + " " + view.version());
          }

          @Override
          public void missed() {}
        });
    await()
        .until(
            () ->
                SERVER.command("PUBSUB", "NUMSUB", "aigw:breakers") instanceof List<?> list
                    && !list.get(1).equals(0L));

    Answer opened = opened(a, this);

    await().until(() -> told.contains("p OPEN " + view(opened).version()));
    link.close();
  }

  @Test
  void healthyReportIsFiveCommands() {
    Answer known = join(a);
    report(a, known, mixed(100, 0));
    SERVER.command("CONFIG", "RESETSTAT");

    for (int i = 0; i < 20; i++) {
      get(
          a.report(
              new Asked("p", SETTINGS, -1, view(known).epoch(), 1), ++number, mixed(9, 0), null));
    }

    long commands =
        SERVER.commandCounts().entrySet().stream()
            .filter(entry -> !entry.getKey().matches("config.*|info|ping"))
            .mapToLong(java.util.Map.Entry::getValue)
            .sum();
    assertThat(commands).isLessThanOrEqualTo(20 * 5 + 10);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void twinSaysTheSame(long seed) {
    Random random = new Random(seed);
    long[] now = new long[1];
    List<ClusterView> published = new ArrayList<>();
    StoreTwin twin = new StoreTwin(() -> now[0], (name, view) -> published.add(view));
    RedisBreakerStore[] stores = {a, b};
    String[] replicas = {"replica-a", "replica-b"};
    String[] labels = {"pod-a", "pod-b"};
    BreakerSettings settings =
        new BreakerSettings(4, 40, 8, Duration.ofSeconds(2), Duration.ofSeconds(1), 2);
    Answer last = new Answer(Status.NONE, now(), null, null);
    long lease = 1;
    for (int step = 0; step < 700; step++) {
      int who = random.nextInt(2);
      ClusterView known = last.view();
      long version = known == null ? 0 : known.version() - (random.nextInt(8) == 0 ? 1 : 0);
      String epoch = known == null ? "" : random.nextInt(20) == 0 ? "other" : known.epoch();
      long at = random.nextInt(15) == 0 ? last.nowMillis() - 5000 : now();
      Asked asked = new Asked("t", settings, at, epoch, version);
      Answer real;
      Answer said;
      int verb = random.nextInt(20);
      if (verb < 10) {
        number += random.nextInt(10) == 0 ? 0 : 1;
        Batch batch = batch(random);
        Proposal proposal =
            random.nextInt(6) > 0
                ? null
                : new Proposal(
                    random.nextBoolean(),
                    State.values()[random.nextInt(5)] == State.HALF_OPEN
                        ? State.OPEN
                        : State.values()[random.nextInt(2) * 2],
                    random.nextInt(1500),
                    random.nextInt(700),
                    "pod-z",
                    "alone");
        real = get(stores[who].report(asked, number, batch, proposal));
        now[0] = real.nowMillis();
        said = twin.report(asked, replicas[who], labels[who], number, batch, proposal);
      } else if (verb < 17) {
        ProbeVerb probe =
            switch (random.nextInt(5)) {
              case 0, 1 -> new ProbeVerb.Acquire(random.nextBoolean());
              case 2 -> new ProbeVerb.Renew(lease);
              case 3 -> new ProbeVerb.GiveBack(lease);
              default ->
                  new ProbeVerb.Settle(
                      lease,
                      random.nextInt(3) == 0 ? "timeout" : null,
                      random.nextInt(3) == 0 ? 1500 : 0,
                      random.nextBoolean());
            };
        real = get(stores[who].probe(asked, probe));
        now[0] = real.nowMillis();
        said = twin.probe(asked, replicas[who], labels[who], probe);
      } else if (verb < 18 && random.nextInt(4) == 0) {
        Breaker.Force force = Breaker.Force.values()[random.nextInt(3)];
        real = get(stores[who].force(asked, force));
        now[0] = real.nowMillis();
        said = twin.force(asked, replicas[who], labels[who], force);
      } else if (verb == 19 && random.nextInt(30) == 0) {
        SERVER.command("FLUSHALL");
        twin.forget();
        continue;
      } else {
        real = get(stores[who].read(asked));
        now[0] = real.nowMillis();
        said = twin.read(asked, replicas[who], labels[who]);
      }
      assertThat(said).as("step %d", step).isEqualTo(real);
      ClusterView view = real.view();
      lease = view == null ? 1 : view.lease() == 0 ? 1 : view.lease();
      last = real;
      if (random.nextInt(40) == 0) {
        await().pollDelay(Duration.ofMillis(random.nextInt(400))).until(() -> true);
      }
    }
  }

  private static Batch batch(Random random) {
    int calls = random.nextInt(4);
    int failures = calls == 0 ? 0 : random.nextInt(calls + 1);
    boolean ok = calls > failures;
    int tail = ok ? random.nextInt(failures + 1) : failures;
    int okAge = ok ? random.nextInt(300) : -1;
    return new Batch(
        calls,
        failures,
        okAge,
        tail,
        tail == 0 ? 0 : ok ? random.nextInt(okAge + 1) : random.nextInt(400),
        random.nextInt(12) == 0 ? random.nextInt(3000) : 0,
        random.nextInt(60) == 0 ? "unauthorized" : null,
        failures == 0 ? "" : "server_error",
        random.nextInt(10) == 0);
  }
}
