package io.aigateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Caller;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LocalLimitsTest extends LimitsContract {
  private final AtomicLong now = new AtomicLong(Long.MAX_VALUE - 5);
  private final LocalLimits limits = new LocalLimits(now::get);

  @Override
  Decision acquire(Caller caller) {
    return limits.acquire(caller, 1);
  }

  @Override
  void settle() {}

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void whoWaitsAsLongAsToldGetsThrough() {
    Caller two = caller("acme", 2, null, null, null);
    acquire(two);
    pass(Duration.ofSeconds(10));
    acquire(two);
    pass(Duration.ofSeconds(10));

    Decision refused = acquire(two);
    assertThat(refused.waitMillis()).isEqualTo(40_000);
    pass(Duration.ofMillis(39_999));
    assertThat(acquire(two).isGranted()).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(acquire(two).isGranted()).isTrue();
    assertThat(acquire(two).waitMillis()).as("the one of 10 s").isEqualTo(10_000);
  }

  @Test
  void windowSlidesOverEveryBorder() {
    Caller limited = caller("acme", 100, null, null, null);
    int passed = 0;
    // 200 in the last second of one minute and the first of the next
    pass(Duration.ofSeconds(59));
    for (int i = 0; i < 200; i++) {
      passed += acquire(limited).isGranted() ? 1 : 0;
      pass(Duration.ofMillis(10));
    }

    assertThat(passed).isEqualTo(100);
  }

  @Test
  void oneCallASecondUnderAHundredAMinuteIsNeverRefused() {
    Caller limited = caller("acme", 100, null, null, null);
    for (int second = 0; second < 600; second++) {
      assertThat(acquire(limited).isGranted()).isTrue();
      pass(Duration.ofSeconds(1));
    }
  }

  @Test
  void replicasShareTheLimitOut() {
    Caller ten = caller("acme", 10, null, null, null);
    int passed = 0;
    for (int i = 0; i < 20; i++) {
      passed += limits.acquire(ten, 3).isGranted() ? 1 : 0;
    }

    assertThat(passed).isEqualTo(3);
    assertThat(limits.acquire(caller("small", 1, null, null, null), 3).isGranted()).isTrue();
  }

  @Test
  void idleTenantsAreForgottenAndBusyOnesAreNot() {
    Decision held = acquire(caller("busy", null, 1, null, null));
    acquire(caller("idle", 1, null, null, null));
    pass(Duration.ofSeconds(61));

    limits.tidy();

    assertThat(acquire(caller("busy", null, 1, null, null)).isGranted()).isFalse();
    held.release().run();
    assertThat(acquire(caller("busy", null, 1, null, null)).isGranted()).isTrue();
  }
}
