package io.aigateway.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Caller;
import io.aigateway.limit.Decision.RefusedBy;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.Quota;
import io.aigateway.tenant.Scope;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What limits do, in memory and in Redis alike. */
abstract class LimitsContract {
  static final String KEY = "key-1";

  abstract Decision acquire(Caller caller);

  static Caller caller(
      String tenant,
      @Nullable Integer rate,
      @Nullable Integer slots,
      @Nullable Integer keyRate,
      @Nullable Integer keySlots) {
    return new Caller(
        tenant,
        KEY,
        "k",
        Scope.CALLS,
        ModelPatterns.ALL,
        null,
        List.of(),
        new Quota(rate, slots),
        new Quota(keyRate, keySlots));
  }

  @Test
  void asManyAsTheLimitPassAndTheNextHasToWait() {
    Caller three = caller("acme", 3, null, null, null);
    for (int left = 2; left >= 0; left--) {
      Decision decision = acquire(three);
      assertThat(decision.isGranted()).isTrue();
      assertThat(decision.limit()).isEqualTo(3);
      assertThat(decision.remaining()).isEqualTo(left);
      assertThat(decision.resetMillis()).isBetween(59_000L, 60_000L);
    }

    Decision refused = acquire(three);

    assertThat(refused.refusedBy()).isEqualTo(RefusedBy.TENANT_RATE);
    assertThat(refused.remaining()).isZero();
    assertThat(refused.waitMillis()).isBetween(59_000L, 60_000L);
    assertThat(acquire(caller("other", 3, null, null, null)).isGranted()).isTrue();
  }

  @Test
  void refusedRequestCostsNothing() {
    Caller both = caller("acme", 10, null, 1, null);
    acquire(both);
    for (int i = 0; i < 20; i++) {
      assertThat(acquire(both).refusedBy()).isEqualTo(RefusedBy.KEY_RATE);
    }

    Decision tenantOnly = acquire(caller("acme", 10, null, null, null));

    assertThat(tenantOnly.remaining()).isEqualTo(8);
  }

  @Test
  void tighterOfTwoLimitsIsShown() {
    Decision decision = acquire(caller("acme", 10, null, 4, null));

    assertThat(decision.limit()).isEqualTo(4);
    assertThat(decision.remaining()).isEqualTo(3);
  }

  @Test
  void slotsComeBackWhenTheyAreGivenBackAndOnlyOnce() {
    Caller two = caller("acme", null, 2, null, null);
    List<Decision> held = new ArrayList<>(List.of(acquire(two), acquire(two)));
    assertThat(acquire(two).refusedBy()).isEqualTo(RefusedBy.TENANT_CONCURRENCY);

    held.get(0).release().run();
    held.get(0).release().run();
    settle();

    assertThat(acquire(two).isGranted()).isTrue();
    assertThat(acquire(two).isGranted()).isFalse();
  }

  @Test
  void keyHasSlotsOfItsOwn() {
    Caller one = caller("acme", null, 5, null, 1);
    assertThat(acquire(one).isGranted()).isTrue();

    assertThat(acquire(one).refusedBy()).isEqualTo(RefusedBy.KEY_CONCURRENCY);
    assertThat(acquire(caller("acme", null, 5, null, null)).isGranted()).isTrue();
  }

  @Test
  void rateRefusalHoldsNoSlot() {
    Caller one = caller("acme", 1, 1, null, null);
    acquire(one).release().run();
    settle();
    assertThat(acquire(one).refusedBy()).isEqualTo(RefusedBy.TENANT_RATE);

    assertThat(acquire(caller("acme", null, 1, null, null)).isGranted()).isTrue();
  }

  @Test
  void loweredLimitHoldsForWhatWasAccepted() {
    for (int i = 0; i < 5; i++) {
      acquire(caller("acme", 10, null, null, null));
    }

    assertThat(acquire(caller("acme", 3, null, null, null)).isGranted()).isFalse();
    assertThat(acquire(caller("acme", 6, null, null, null)).isGranted()).isTrue();
  }

  /** Waits until what was given back has arrived. */
  abstract void settle();
}
