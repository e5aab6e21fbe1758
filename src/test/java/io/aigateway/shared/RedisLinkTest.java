package io.aigateway.shared;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.RedisServer;
import io.aigateway.settings.RedisUrl;
import io.aigateway.shared.RedisLink.Patience;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.core.ConditionFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Is Redis asked only while it answers, whatever happens to it? Against real servers. */
class RedisLinkTest {
  private static final Script GET_AND_ADD =
      new Script("add", "return {redis.call('incrby', KEYS[1], ARGV[1]), ARGV[1]}");

  /** It takes less than 2 s, but for a machine that is busy with other tests. */
  private static final Duration BACK = Duration.ofSeconds(15);

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final List<Boolean> changes = new CopyOnWriteArrayList<>();

  @AfterEach
  void close() throws Exception {
    Collections.reverse(toClose);
    for (AutoCloseable each : toClose) {
      each.close();
    }
  }

  private RedisServer server(String... options) {
    RedisServer server = RedisServer.start(options);
    toClose.add(server);
    return server;
  }

  private RedisLink link(String url) {
    RedisLink link = new RedisLink(RedisUrl.parse(url), System::nanoTime);
    toClose.add(link);
    link.onChange(changes::add);
    link.start();
    return link;
  }

  private static ConditionFactory soon() {
    return await().pollInterval(Duration.ofMillis(5)).atMost(Duration.ofSeconds(20));
  }

  private static RedisLink.Listener to(List<String> heard) {
    return new RedisLink.Listener() {
      @Override
      public void heard(String message) {
        heard.add(message);
      }

      @Override
      public void begins() {
        heard.add("begins");
      }
    };
  }

  private RedisLink up(String url) {
    RedisLink link = link(url);
    soon().until(link::isUp);
    return link;
  }

  private static CompletableFuture<List<Object>> add(RedisLink link, int number) {
    return link.run(GET_AND_ADD, Patience.ASIDE, List.of("aigw:{t}:n"), number);
  }

  /** A busy machine may let one answer come too late. */
  private static void addsSoon(RedisLink link) {
    soon().until(() -> !failed(add(link, 1)));
  }

  private static Throwable failure(CompletableFuture<?> future) {
    return Objects.requireNonNull(future.handle((answer, failure) -> failure).join());
  }

  @Test
  void scriptIsCarriedOutAndAnswersAList() {
    RedisServer server = server();
    RedisLink link = up(server.url());

    assertThat(add(link, 5).join()).containsExactly(5L, "5");
    assertThat(add(link, 2).join()).containsExactly(7L, "2");
    server.command("SCRIPT", "FLUSH");
    assertThat(add(link, 1).join()).as("it is sent again").containsExactly(8L, "1");
    assertThat(server.command("GET", "aigw:{t}:n")).isEqualTo("8");
    assertThat(link.lastMillis()).isLessThan(50);
  }

  @Test
  void oneCallIsOneCommand() {
    RedisServer server = server();
    RedisLink link = up(server.url());
    add(link, 1).join();
    server.command("CONFIG", "RESETSTAT");

    for (int i = 0; i < 100; i++) {
      add(link, 1).join();
    }

    assertThat(server.commandCounts().get("evalsha")).isBetween(100L, 110L);
    assertThat(server.commandCounts()).doesNotContainKey("eval");
  }

  @Test
  void faultOfAScriptIsNoOutage() {
    RedisLink link = up(server().url());

    CompletableFuture<List<Object>> answer =
        link.run(
            new Script("broken", "return nothing.there"), Patience.ASIDE, List.of("aigw:{t}:n"));

    assertThatThrownBy(answer::join).isInstanceOf(CompletionException.class);
    assertThat(failure(answer)).isNotInstanceOf(RedisAwayException.class);
    assertThat(link.isUp()).isTrue();
  }

  @Test
  void absentServerIsFoundWhenItComes() {
    int port = RedisServer.freePort();
    RedisLink link = link("redis://127.0.0.1:" + port);
    soon().until(() -> link.outage() == Outage.UNREACHABLE);
    assertThat(failure(add(link, 1))).isInstanceOf(RedisAwayException.class);

    toClose.add(RedisServer.startAt(port));

    await().atMost(BACK).until(link::isUp);
    addsSoon(link);
    assertThat(changes).startsWith(true);
  }

  @Test
  void frozenServerIsWaitedForOnceAndComesBack() {
    RedisServer server = server();
    RedisLink link = up(server.url());
    add(link, 1).join();

    server.freeze();
    long started = System.nanoTime();
    Throwable first = failure(add(link, 1));
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(3));
    assertThat(first).isInstanceOf(RedisAwayException.class);
    assertThat(link.outage()).isEqualTo(Outage.NO_ANSWER);
    started = System.nanoTime();
    for (int i = 0; i < 1000; i++) {
      assertThat(add(link, 1)).isCompletedExceptionally();
    }
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofMillis(200));
    // longer than the client's own limits, and than what makes a new client
    await().pollDelay(Duration.ofSeconds(7)).until(() -> !link.isUp());
    server.thaw();

    await().atMost(BACK).until(link::isUp);
    addsSoon(link);
    assertThat(changes).startsWith(true, false, true);
  }

  @Test
  void serverFrozenBeforeTheStartIsFoundWhenItThaws() {
    RedisServer server = server();
    server.freeze();
    RedisLink link = link(server.url());
    soon().until(() -> link.outage() == Outage.NO_ANSWER);

    server.thaw();

    await().atMost(BACK).until(link::isUp);
    addsSoon(link);
  }

  @Test
  void idleLinkNoticesThatTheServerIsFrozen() {
    RedisServer server = server();
    RedisLink link = up(server.url());

    server.freeze();

    await().atMost(Duration.ofSeconds(4)).until(() -> !link.isUp());
    server.thaw();
  }

  @Test
  void killedServerIsFoundAgainWithTopics() {
    RedisServer server = server();
    RedisLink link = up(server.url());
    List<String> heard = new CopyOnWriteArrayList<>();
    link.subscribe("aigw:news", to(heard));
    soon().until(() -> server.command("PUBLISH", "aigw:news", "one") instanceof Long n && n > 0);

    server.kill();
    soon().until(() -> !link.isUp());
    server.restart();

    await().atMost(BACK).until(link::isUp);
    addsSoon(link);
    await()
        .atMost(BACK)
        .until(() -> server.command("PUBLISH", "aigw:news", "two") instanceof Long n && n > 0);
    soon().until(() -> heard.contains("one") && heard.contains("two"));
    assertThat(heard.stream().filter("begins"::equals)).hasSizeGreaterThanOrEqualTo(2);
  }

  @Test
  void requestsStopWaitingAfterTheFirstThatWaitedInVain() {
    RedisServer server = server();
    RedisLink link = up(server.url());
    server.freeze();

    long started = System.nanoTime();
    Throwable first = failure(link.run(GET_AND_ADD, Patience.REQUEST, List.of("aigw:{t}:n"), 1));
    Duration waited = Duration.ofNanos(System.nanoTime() - started);
    CompletableFuture<List<Object>> second =
        link.run(GET_AND_ADD, Patience.REQUEST, List.of("aigw:{t}:n"), 1);

    assertThat(first).isInstanceOf(RedisAwayException.class);
    assertThat(waited).isBetween(Duration.ofMillis(45), Duration.ofMillis(200));
    assertThat(second).isCompletedExceptionally();
    soon().until(() -> !link.isUp());
    server.thaw();
    await().atMost(BACK).until(link::isUp);
    assertThat(link.run(GET_AND_ADD, Patience.REQUEST, List.of("aigw:{t}:n"), 1).join()).hasSize(2);
  }

  @Test
  void slowServerIsLeftAloneUntilItIsQuickAgain() {
    RedisServer server = server();
    RedisLink link = up(server.url());

    CompletableFuture<List<Object>> slow =
        link.run(
            new Script("slow", "local n = 0 for i = 1, 1500000000 do n = n + i end return {n}"),
            Patience.ASIDE,
            List.of("aigw:{t}:n"));

    assertThat(failure(slow)).isInstanceOf(RedisAwayException.class);
    assertThat(link.isUp()).isFalse();
    await().atMost(Duration.ofSeconds(15)).until(link::isUp);
    addsSoon(link);
  }

  @Test
  void credentialsAreUsedAndWrongOnesAreSaidAsSuch() {
    RedisServer server = server("--requirepass", "canary-password");
    RedisLink good = up("redis://:canary-password@127.0.0.1:" + server.port());
    assertThat(add(good, 1).join()).hasSize(2);

    RedisLink wrong = link("redis://:canary-wrong@127.0.0.1:" + server.port());
    soon().until(() -> wrong.outage() == Outage.CREDENTIALS);
    RedisLink none = link(server.url());
    soon().until(() -> none.outage() == Outage.CREDENTIALS);

    server.commandAs("canary-password", "CONFIG", "SET", "requirepass", "canary-wrong");
    await().atMost(BACK).until(wrong::isUp);
  }

  @Test
  void userAndDatabaseAreUsed() {
    RedisServer server = server();
    server.command(
        "ACL",
        "SETUSER",
        "gateway",
        "on",
        ">canary",
        "~aigw:*",
        "&aigw:*",
        "+@all",
        "-@dangerous",
        "+info");
    RedisLink link = up("redis://gateway:canary@127.0.0.1:" + server.port() + "/3");

    assertThat(add(link, 4).join()).hasSize(2);

    assertThat(server.command("GET", "aigw:{t}:n")).isNull();
    assertThat(String.valueOf(server.command("INFO", "keyspace"))).contains("db3:keys=");
    assertThat(failure(link.run(GET_AND_ADD, Patience.ASIDE, List.of("other:{t}:n"), 1)))
        .isInstanceOfSatisfying(
            RedisAwayException.class, e -> assertThat(e.outage()).isEqualTo(Outage.NOT_PERMITTED));
  }

  @Test
  void replicaThatOnlyReadsIsAnOutageUntilItIsPromoted() {
    RedisServer master = server();
    RedisServer replica = server("--replicaof", "127.0.0.1", Integer.toString(master.port()));
    RedisLink link = link(replica.url());
    soon().until(() -> link.outage() == Outage.READ_ONLY || link.outage() == Outage.CLUSTER);
    assertThat(link.isUp()).isFalse();

    replica.command("REPLICAOF", "NO", "ONE");

    await().atMost(BACK).until(link::isUp);
    addsSoon(link);
  }

  @Test
  void serverThatBecomesAReplicaIsAnOutage() {
    RedisServer master = server();
    RedisServer other = server();
    RedisLink link = up(other.url());

    other.command("REPLICAOF", "127.0.0.1", Integer.toString(master.port()));

    soon().until(() -> failed(add(link, 1)));
    assertThat(link.outage()).isIn(Outage.READ_ONLY, Outage.CLUSTER);
    other.command("REPLICAOF", "NO", "ONE");
    await().atMost(BACK).until(link::isUp);
  }

  private static boolean failed(CompletableFuture<?> future) {
    return future.handle((answer, failure) -> failure != null).join();
  }

  @Test
  void nodesOfAClusterAreFoundByThemselves() {
    List<RedisServer> nodes = RedisServer.startCluster();
    toClose.addAll(nodes);

    RedisLink link = up("redis://127.0.0.1:" + nodes.get(0).port());
    List<String> heard = new CopyOnWriteArrayList<>();
    link.subscribe("aigw:news", to(heard));
    for (String tag : List.of("a", "b", "c", "d", "e", "f")) {
      assertThat(link.run(GET_AND_ADD, Patience.ASIDE, List.of("aigw:{" + tag + "}:n"), 3).join())
          .hasSize(2);
    }

    assertThat(nodes).allMatch(node -> !Objects.equals(0L, node.command("DBSIZE")));
    soon()
        .until(
            () -> {
              nodes.forEach(node -> node.command("PUBLISH", "aigw:news", "n"));
              return heard.size() >= 3;
            });
  }

  @Test
  void sentinelsLeadToTheirMasterAndToTheNextOne() {
    RedisServer master = server();
    RedisServer replica = server("--replicaof", "127.0.0.1", Integer.toString(master.port()));
    List<RedisServer> sentinels = RedisServer.startSentinels("main", master.port());
    toClose.addAll(sentinels);
    String nodes = String.join(",", sentinels.stream().map(s -> "127.0.0.1:" + s.port()).toList());
    RedisLink named = up("redis://" + nodes + "?master=main");
    RedisLink asked = up("redis://" + nodes);
    assertThat(add(named, 1).join()).hasSize(2);
    assertThat(add(asked, 1).join()).hasSize(2);
    assertThat(master.command("GET", "aigw:{t}:n")).isEqualTo("2");

    master.kill();

    await().atMost(Duration.ofSeconds(40)).until(() -> "master".equals(role(replica)));
    await().atMost(Duration.ofSeconds(40)).until(() -> named.isUp() && asked.isUp());
    addsSoon(named);
  }

  private static String role(RedisServer server) {
    return server.command("ROLE") instanceof List<?> role ? String.valueOf(role.get(0)) : "";
  }
}
