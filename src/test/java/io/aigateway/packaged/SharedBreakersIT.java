package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.RecordedCall;
import io.aigateway.fake.RedisServer;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Three gateways, one Redis, one provider, the numbers that ship: do they leave a failing provider
 * together, probe it one at a time, and come back together? By the provider's own clock.
 */
class SharedBreakersIT {
  private static final Duration OPEN = Duration.ofSeconds(30);

  private static final FakeProvider FAKE = new FakeProvider();
  private static final RedisServer REDIS = RedisServer.start();
  private static final List<GatewayProcess> GATEWAYS =
      Stream.of("one", "two", "three").map(SharedBreakersIT::launch).toList();

  private static GatewayProcess launch(String name) {
    return GatewayProcess.gateway()
        .env("OPENAI_API_KEY", "sk-canary")
        .env("OPENAI_BASE_URL", FAKE.openAiUrl())
        .env("POD_NAME", name)
        .env("REDIS_URL", REDIS.url())
        .env("USE_DISTRIBUTED_CB", "true")
        .launch();
  }

  @BeforeAll
  static void ready() {
    GATEWAYS.forEach(GatewayProcess::awaitReady);
  }

  @AfterAll
  static void stop() {
    GATEWAYS.forEach(GatewayProcess::close);
    REDIS.close();
    FAKE.close();
  }

  static JsonNode breaker(GatewayProcess gateway) {
    for (JsonNode breaker : Http.get(gateway, "/health").json().path("breakers")) {
      if (breaker.path("name").asText().equals("openai")) {
        return breaker;
      }
    }
    throw new AssertionError("no such breaker");
  }

  private static boolean all(String state) {
    return GATEWAYS.stream()
        .allMatch(gateway -> breaker(gateway).path("state").asText().equals(state));
  }

  private static long count(String text) {
    return GATEWAYS.stream()
        .flatMap(gateway -> gateway.lines().stream())
        .filter(line -> line.contains(text))
        .count();
  }

  private static long nanos(Duration time) {
    return time.toNanos();
  }

  @Test
  void leaveProbeAndComeBackAsOne() {
    Behaviour well = Behaviour.answer("fine").slowFirstByte(Duration.ofMillis(20));
    Behaviour ill = Behaviour.status(503).slowFirstByte(Duration.ofMillis(20));
    FAKE.always(well);
    try (Load load = new Load(60, GATEWAYS.toArray(GatewayProcess[]::new))) {
      FAKE.awaitCalls(200, Duration.ofSeconds(20));
      assertThat(all("closed")).isTrue();

      // the provider begins to fail
      long failing = System.nanoTime();
      FAKE.clear().always(ill);
      await()
          .atMost(Duration.ofSeconds(5))
          .pollInterval(Duration.ofMillis(5))
          .until(() -> count("breaker openai closed -> open") == 1);
      long opened = System.nanoTime();
      assertThat(Duration.ofNanos(opened - failing)).isLessThan(Duration.ofSeconds(3));
      await().atMost(Duration.ofSeconds(2)).until(() -> all("open"));
      await().pollDelay(Duration.ofSeconds(1)).until(() -> true);
      FAKE.clear();

      // until the probe has failed too
      FAKE.awaitCalls(1, OPEN.plusSeconds(5));
      RecordedCall failed = FAKE.calls().get(0);
      assertThat(failed.receivedNanos() - opened)
          .as("nobody calls before the open time is over")
          .isGreaterThan(nanos(OPEN.minusSeconds(1)));
      await().atMost(Duration.ofSeconds(2)).until(() -> all("open"));
      assertThat(FAKE.calls()).as("one probe").hasSize(1);
      assertThat(count("breaker openai half_open -> open: a probe failed: server_error"))
          .isLessThanOrEqualTo(1);

      // the provider recovers
      FAKE.always(well);
      long reopened = failed.endedNanos();
      await()
          .atMost(OPEN.plusSeconds(8))
          .pollInterval(Duration.ofMillis(10))
          .until(() -> count("breaker openai half_open -> closed") == 1);
      long closed = System.nanoTime();
      assertThat(closed - reopened).isLessThan(nanos(OPEN.plusSeconds(5)));
      await().atMost(Duration.ofSeconds(1)).until(() -> all("closed"));
      List<RecordedCall> probes =
          FAKE.calls().stream()
              .sorted(Comparator.comparingLong(RecordedCall::receivedNanos))
              .limit(3)
              .toList();
      assertThat(probes.get(2).receivedNanos())
          .as("the second probe begins when the first has ended")
          .isGreaterThanOrEqualTo(probes.get(1).endedNanos());

      // all three are called again
      load.take();
      await()
          .atMost(Duration.ofSeconds(5))
          .until(() -> load.take().stream().filter(call -> call.status() == 200).count() > 5);
    }
    assertThat(count("breaker openai closed -> open")).as("said once for all").isEqualTo(1);
    assertThat(breaker(GATEWAYS.get(0)).path("reason").asText()).isEqualTo("2 probes succeeded");
  }
}
