package io.aigateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The simulation in small: what docs/breaker.md promises for 500 replicas holds for 60. */
class BreakerSimulationTest {

  @Test
  void deadProviderIsLeftByAllAndProbedByOne() {
    BreakerSimulation.Death death = new BreakerSimulation(11, 60, 5, 600, 0.1).death();

    // a call takes up to 0.3 s, and 0.5 s must pass without a success
    assertThat(death.toLast()).isNotNull().isLessThan(Duration.ofMillis(1500));
    assertThat(death.probes()).isEqualTo(1);
    assertThat(death.back()).isNotNull().isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void manyReplicasReportMoreSlowly() {
    double commands =
        new BreakerSimulation(13, 300, 1, 3000, 0).commandsASecond(Duration.ofSeconds(10));

    // 300 replicas, five reports of five commands a second each, would be 7500
    assertThat(commands).isBetween(2000.0, 3500.0);
  }

  @ParameterizedTest
  @CsvSource({"500, 0.01", "500, 0.05", "500, 0.2", "3000, 0.2"})
  void errorsByChanceOpenNothing(int callsASecond, double errors) {
    BreakerSimulation simulation = new BreakerSimulation(12, 60, 5, callsASecond, 0.01);

    simulation.falseOpenings(errors, Duration.ofSeconds(90));

    assertThat(simulation.openings()).isEmpty();
  }
}
