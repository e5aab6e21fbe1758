package io.aigateway.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LockoutTest {
  private final AtomicLong now = new AtomicLong();
  private final Lockout lockout = new Lockout(now::get);

  private void fail(int times) {
    for (int i = 0; i < times; i++) {
      lockout.failed("eve 192.0.2.1");
    }
  }

  private Duration left() {
    return lockout.left("eve 192.0.2.1").orElse(Duration.ZERO);
  }

  @Test
  void waitGrowsWithTheFailuresAndHasALimit() {
    fail(4);
    assertThat(left()).isZero();
    fail(1);
    assertThat(left()).isEqualTo(Duration.ofSeconds(1));
    fail(2);
    assertThat(left()).isEqualTo(Duration.ofSeconds(4));
    fail(50);
    assertThat(left()).isEqualTo(Duration.ofSeconds(60));
    assertThat(lockout.left("eve 192.0.2.2")).as("others are free").isEmpty();
  }

  @Test
  void waitEndsAndASuccessForgetsAll() {
    fail(5);
    now.addAndGet(Duration.ofMillis(400).toNanos());
    assertThat(left()).isEqualTo(Duration.ofMillis(600));
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(left()).isZero();
    fail(1);
    assertThat(left()).isEqualTo(Duration.ofSeconds(2));
    lockout.succeeded("eve 192.0.2.1");
    fail(4);
    assertThat(left()).isZero();
  }
}
