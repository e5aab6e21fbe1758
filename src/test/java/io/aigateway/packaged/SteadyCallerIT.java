package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.RedisServer;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten minutes of one call a second under a limit of a hundred a minute. */
@Tag("measurement")
class SteadyCallerIT {
  private static final int CALLS = 600;

  @Test
  void oneCallASecondIsNeverRefused() {
    Map<Integer, Integer> statuses = new TreeMap<>();
    AtomicInteger done = new AtomicInteger();
    ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor();
    try (RedisServer redis = RedisServer.start();
        GatewayProcess alone = limited().start();
        GatewayProcess shared = limited().env("REDIS_URL", redis.url()).start()) {
      clock.scheduleAtFixedRate(
          () -> {
            for (GatewayProcess gateway : new GatewayProcess[] {alone, shared}) {
              int status = Http.chat(gateway, "demo", false).status();
              synchronized (statuses) {
                statuses.merge(status, 1, Integer::sum);
              }
            }
            done.incrementAndGet();
          },
          0,
          1,
          TimeUnit.SECONDS);
      await()
          .pollInterval(Duration.ofSeconds(1))
          .atMost(Duration.ofMinutes(12))
          .until(() -> done.get() >= CALLS);
    } finally {
      clock.shutdownNow();
    }

    System.out.println("statuses of one call a second: " + statuses);
    assertThat(statuses.keySet()).containsExactly(200);
    assertThat(statuses.get(200)).isGreaterThanOrEqualTo(2 * CALLS);
  }

  private static GatewayProcess.Setup limited() {
    return GatewayProcess.gateway().env("BOOTSTRAP_RATE_LIMIT_RPM", "100");
  }
}
