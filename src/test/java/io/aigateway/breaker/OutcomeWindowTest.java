package io.aigateway.breaker;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class OutcomeWindowTest {
  private static final long SECOND = 1_000_000_000L;

  @Test
  void windowForgetsSecondBySecond() {
    OutcomeWindow window = new OutcomeWindow(3);
    window.add(true, 0);
    window.add(false, SECOND);
    window.add(true, 2 * SECOND);

    assertThat(window.calls(2 * SECOND)).isEqualTo(3);
    assertThat(window.calls(3 * SECOND)).isEqualTo(2);
    assertThat(window.failures(3 * SECOND)).isEqualTo(1);
    assertThat(window.calls(5 * SECOND)).isZero();
    assertThat(window.failures(500 * SECOND)).isZero();
  }

  @Property(tries = 200)
  void windowCountsAsAListWould(
      @ForAll List<@IntRange(max = 4000) Integer> gapsMillis, @ForAll @IntRange(max = 5) int salt) {
    int seconds = 1 + salt;
    OutcomeWindow window = new OutcomeWindow(seconds);
    List<Long> calls = new ArrayList<>();
    long now = -7 * SECOND;
    for (int gap : gapsMillis) {
      now += gap * 1_000_000L;
      window.add(gap % 2 == 0, now);
      calls.add(Math.floorDiv(now, SECOND));
      long oldest = Math.floorDiv(now, SECOND) - seconds + 1;

      assertThat(window.calls(now))
          .isEqualTo((int) calls.stream().filter(at -> at >= oldest).count());
    }
  }
}
