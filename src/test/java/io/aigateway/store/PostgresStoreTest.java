package io.aigateway.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.PostgresServer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A real PostgreSQL, well and not. */
class PostgresStoreTest extends StoreContract {
  private String address = "";

  @Override
  String url() {
    address = PostgresServer.shared().newDatabase();
    return address;
  }

  @Test
  void jdbcsOwnFormOfTheAddressWorks() {
    String path = address.substring(address.indexOf('@') + 1);
    String jdbc = "jdbc:postgresql://" + path + "?user=postgres&password=postgres&sslmode=disable";

    try (Database other = open(jdbc, "")) {
      assertThat(other.ask((Session session) -> session.users().isEmpty())).isTrue();
    }
  }

  @Test
  void replicasThatStartTogetherBringTheTablesOnce() {
    String fresh = PostgresServer.shared().newDatabase();
    List<CompletableFuture<Database>> starting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      starting.add(CompletableFuture.supplyAsync(() -> open(fresh, "")));
    }

    for (CompletableFuture<Database> each : starting) {
      try (Database opened = each.join()) {
        assertThat(opened.ask((Session session) -> session.users().isEmpty())).isTrue();
      }
    }
  }

  @Test
  void newerSchemaIsTolerated() {
    database.ask(
        (Session session) ->
            session.execute(
                "insert into schema_history (installed_rank, version, description, type, script,"
                    + " checksum, installed_by, execution_time, success) values (99, '99',"
                    + " 'newer', 'SQL', 'V99__newer.sql', 1, 'x', 1, true)"));

    try (Database again = open(address, "")) {
      assertThat(again.isUp()).isTrue();
    }
  }

  @Test
  void frozenServerFailsQuestionsAtOnceAndComesBackByItself() {
    PostgresServer own = PostgresServer.own();
    try (Database frozen = open(own.newDatabase(), "")) {
      own.freeze();
      try {
        await().atMost(Duration.ofSeconds(10)).until(() -> !frozen.isUp());
        long started = System.nanoTime();
        assertThatThrownBy(() -> frozen.ask((Session session) -> session.users().isEmpty()))
            .isInstanceOf(StoreAwayException.class);
        assertThat(Duration.ofNanos(System.nanoTime() - started))
            .isLessThan(Duration.ofMillis(100));
      } finally {
        own.thaw();
      }
      await().atMost(Duration.ofSeconds(5)).until(frozen::isUp);
      assertThat(frozen.ask((Session session) -> session.users().isEmpty())).isTrue();
    }
  }

  private static boolean isRefused(Database asked) {
    try {
      asked.ask((Session session) -> session.users().isEmpty());
      return false;
    } catch (StoreAwayException e) {
      return true;
    }
  }

  @Test
  void whileAllConnectionsAreInUseTheDatabaseIsNotTakenForAway() throws Exception {
    ExecutorService slow = Executors.newFixedThreadPool(8);
    CountDownLatch begun = new CountDownLatch(8);
    for (int i = 0; i < 8; i++) {
      slow.execute(
          () ->
              database.ask(
                  (Session session) -> {
                    begun.countDown();
                    return session.execute("do $$ begin perform pg_sleep(3.5); end $$");
                  }));
    }
    begun.await();

    // a question that comes before the last of them has its connection is still answered
    await().atMost(Duration.ofSeconds(6)).until(() -> isRefused(database));
    await().during(Duration.ofSeconds(1)).atMost(Duration.ofSeconds(3)).until(database::isUp);

    slow.shutdown();
    assertThat(slow.awaitTermination(5, TimeUnit.SECONDS)).isTrue();
    assertThat(database.ask((Session session) -> session.users().isEmpty())).isTrue();
  }

  @Test
  @Tag("drill")
  void serverThatWasAwayForLongIsBackWithinTwoSeconds() {
    PostgresServer own = PostgresServer.own();
    try (Database away = open(own.newDatabase(), "")) {
      own.kill();
      await().atMost(Duration.ofSeconds(10)).until(() -> !away.isUp());
      // as long as it takes a pool to pause for seconds between its tries
      await()
          .during(Duration.ofSeconds(9))
          .atMost(Duration.ofSeconds(12))
          .until(() -> !away.isUp());
      own.restart();
      await()
          .atMost(Duration.ofSeconds(5))
          .ignoreExceptions()
          .until(() -> own.newDatabase().startsWith("postgres:"));
      await()
          .atMost(Duration.ofSeconds(2))
          .ignoreExceptions()
          .until(() -> away.ask((Session session) -> session.users().isEmpty()));
    }
  }

  @Test
  void whatIsWrongIsSaidWithoutTheDriversWords() {
    String wrong = address.replace("/gateway_", "/none_");
    try (Database none =
        new Database(
            new io.aigateway.settings.Storage(
                java.util.Optional.of(new io.aigateway.settings.Secret(wrong)),
                java.util.Optional.empty(),
                java.util.Optional.empty(),
                java.util.Optional.empty()),
            "")) {
      none.start();
      await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> "has no database of this name".equals(none.problem()));
      assertThat(none.hasAnswered()).isFalse();
    }
  }
}
