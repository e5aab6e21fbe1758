package io.aigateway.breaker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.breaker.Breaker.Permit;
import io.aigateway.breaker.Breaker.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class BreakerTest {
  private static final BreakerSettings FIVE_IN_A_ROW = settings(5, 50, 1000);
  private static final BreakerSettings HALF_OF_TEN = settings(1000, 50, 10);

  private final List<String> changes = new ArrayList<>();
  private long now = 1_000_000_000_000L;

  private static BreakerSettings settings(int inARow, float rate, int minimum) {
    return new BreakerSettings(
        inARow, rate, minimum, Duration.ofSeconds(30), Duration.ofSeconds(30), 2);
  }

  private Breaker breaker(BreakerSettings settings) {
    return new Breaker(
        "p", "me", settings, () -> now, (name, from, to, why) -> changes.add(from + ">" + to));
  }

  private void pass(Duration time) {
    now += time.toNanos();
  }

  private static Permit permit(Breaker breaker) {
    return requireNonNull(breaker.acquire(), "no permit");
  }

  private static void fail(Breaker breaker, int times) {
    for (int i = 0; i < times; i++) {
      permit(breaker).failure("server_error", null);
    }
  }

  private Breaker halfOpen() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    fail(breaker, 5);
    pass(Duration.ofSeconds(30));
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    return breaker;
  }

  @Test
  void fiveFailuresInARowOpen() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);

    fail(breaker, 4);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker, 1);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.acquire()).isNull();
    assertThat(breaker.snapshot().reason()).contains("5 failures in a row", "server_error");
    assertThat(changes).containsExactly("CLOSED>OPEN");
  }

  @Test
  void successBetweenBeginsTheRowAnew() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);

    fail(breaker, 4);
    permit(breaker).success();
    pass(Duration.ofSeconds(1));
    fail(breaker, 4);

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void rowDoesNotOpenWithin500MillisecondsOfASuccess() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    permit(breaker).success();

    pass(Duration.ofMillis(499));
    fail(breaker, 8);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    pass(Duration.ofMillis(1));
    fail(breaker, 1);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void halfOfTheMinimumOpens() {
    Breaker breaker = breaker(HALF_OF_TEN);

    for (int i = 0; i < 5; i++) {
      permit(breaker).success();
    }
    fail(breaker, 4);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    fail(breaker, 1);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.snapshot().reason()).contains("5 of 10 calls failed");
  }

  @Test
  void rateBelowTheLimitStaysClosed() {
    Breaker breaker = breaker(HALF_OF_TEN);

    for (int i = 0; i < 60; i++) {
      permit(breaker).success();
    }
    fail(breaker, 59);

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void callsOlderThanTheWindowDoNotCount() {
    Breaker breaker = breaker(HALF_OF_TEN);

    fail(breaker, 9);
    pass(Duration.ofSeconds(30));
    fail(breaker, 9);
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    pass(Duration.ofSeconds(29));
    fail(breaker, 1);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void openTimeEndsWithOneProbeAtATime() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    fail(breaker, 5);

    pass(Duration.ofSeconds(30).minusNanos(1));
    assertThat(breaker.acquire()).isNull();
    pass(Duration.ofNanos(1));

    Permit probe = permit(breaker);
    assertThat(breaker.acquire()).isNull();
    assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(1));
    probe.success();
    assertThat(breaker.acquire()).isNotNull();
  }

  @Test
  void asManyProbesAsAskedForClose() {
    Breaker breaker = halfOpen();

    permit(breaker).success();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    permit(breaker).success();

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.snapshot().calls()).isZero();
    assertThat(changes).containsExactly("CLOSED>OPEN", "OPEN>HALF_OPEN", "HALF_OPEN>CLOSED");
  }

  @Test
  void probeThatFailsOpensAgainForTheWholeTime() {
    Breaker breaker = halfOpen();
    permit(breaker).success();

    permit(breaker).failure("timeout", null);

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.snapshot().untilProbe()).isEqualTo(Duration.ofSeconds(30));
    pass(Duration.ofSeconds(30));
    permit(breaker).success();
    assertThat(breaker.state()).as("earlier probes are forgotten").isEqualTo(State.HALF_OPEN);
  }

  @Test
  void probeThatSaysNothingLeavesRoomForTheNext() {
    Breaker breaker = halfOpen();

    permit(breaker).release();

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.acquire()).isNotNull();
  }

  @Test
  void retryAfterLengthensTheOpenTimeAndNeverShortensIt() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    Permit early = permit(breaker);
    Permit late = permit(breaker);
    fail(breaker, 4);

    permit(breaker).failure("rate_limited", Duration.ofSeconds(45));
    assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(45));

    // calls that were under way when it opened
    early.failure("rate_limited", Duration.ofSeconds(60));
    assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(60));
    late.failure("rate_limited", Duration.ofSeconds(1));
    assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(60));
  }

  @Test
  void shortRetryAfterKeepsTheUsualOpenTime() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    fail(breaker, 4);

    permit(breaker).failure("rate_limited", Duration.ofSeconds(1));

    assertThat(breaker.retryAfter()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void outcomesOfAnEarlierStateAreIgnored() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    Permit good = permit(breaker);
    Permit bad = permit(breaker);
    fail(breaker, 5);
    pass(Duration.ofSeconds(30));
    Permit probe = permit(breaker);

    good.success();
    bad.failure("server_error", null);

    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
    assertThat(breaker.acquire()).as("the probe is still out").isNull();
    probe.success();
    assertThat(breaker.state()).isEqualTo(State.HALF_OPEN);
  }

  @Test
  void permitCountsOnce() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    Permit permit = permit(breaker);

    for (int i = 0; i < 9; i++) {
      permit.failure("server_error", null);
    }

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.snapshot().calls()).isEqualTo(1);
  }

  @Test
  void releasedCallsCountAsNothing() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    fail(breaker, 4);

    permit(breaker).release();

    assertThat(breaker.snapshot().calls()).isEqualTo(4);
    fail(breaker, 1);
    assertThat(breaker.state()).as("nor do they break the row").isEqualTo(State.OPEN);
  }

  @Test
  void refusedCredentialOpensAtOnce() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    permit(breaker).success();

    permit(breaker).fatal("unauthorized");

    assertThat(breaker.state()).isEqualTo(State.OPEN);
  }

  @Test
  void breakerThatIsAsGoodAsOffStaysClosedOnARefusedCredential() {
    Breaker breaker = breaker(settings(Breaker.FATAL_WEIGHT + 1, 50, 1000));

    permit(breaker).fatal("unauthorized");

    assertThat(breaker.state()).isEqualTo(State.CLOSED);
  }

  @Test
  void otherNumbersKeepTheState() {
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    fail(breaker, 5);

    breaker.configure(settings(2, 50, 10));

    assertThat(breaker.state()).isEqualTo(State.OPEN);
    assertThat(breaker.settings().consecutiveFailures()).isEqualTo(2);
  }

  @Test
  void clockMayWrapAround() {
    now = Long.MAX_VALUE - Duration.ofSeconds(10).toNanos();
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    fail(breaker, 5);

    pass(Duration.ofSeconds(29));
    assertThat(breaker.acquire()).isNull();
    pass(Duration.ofSeconds(1));

    assertThat(breaker.acquire()).isNotNull();
  }

  @Test
  void numbersOutOfRangeAreRefusedByName() {
    assertThatThrownBy(() -> settings(0, 50, 10)).hasMessageContaining("consecutiveFailures is 0");
    assertThatThrownBy(() -> settings(5, 101, 10)).hasMessageContaining("failureRateThreshold");
    assertThatThrownBy(() -> settings(5, 0, 10)).hasMessageContaining("failureRateThreshold");
    assertThatThrownBy(() -> settings(5, 50, 0)).hasMessageContaining("minimumNumberOfCalls");
  }

  @Test
  void breakersOutliveTheirRoutes() {
    Breakers breakers = new Breakers(() -> now, (name, from, to, why) -> {});
    List<String> seen = new ArrayList<>();
    Breaker first = breakers.get("a", FIVE_IN_A_ROW);
    breakers.onNew(breaker -> seen.add(breaker.name()));

    assertThat(breakers.get("a", HALF_OF_TEN)).isSameAs(first);
    breakers.get("b", FIVE_IN_A_ROW);

    assertThat(seen).containsExactly("a", "b");
    assertThat(first.settings()).isEqualTo(HALF_OF_TEN);
    assertThat(breakers.find("c")).isNull();
  }

  /** What the store says of a half-open breaker. */
  private static BreakerStore.Answer halfOpenAnswer(
      BreakerStore.Status status, long version, State changedFrom) {
    return new BreakerStore.Answer(
        status,
        0,
        changedFrom,
        new ClusterView(
            "e",
            version,
            State.HALF_OPEN,
            100,
            0,
            "a",
            "why",
            0,
            0,
            -1,
            1,
            "me",
            4000,
            false,
            0,
            200));
  }

  @Test
  void answerFromBeforeItWentOnAloneIsNotTheLaterState() {
    // given a lease that was asked for while shared
    Breaker breaker = breaker(FIVE_IN_A_ROW);
    breaker.share(() -> {});
    Work join = requireNonNull(breaker.next(0));
    breaker.answered(join, halfOpenAnswer(BreakerStore.Status.OK, 3, null), now);
    assertThat(breaker.acquire()).isNull();
    Work acquire = requireNonNull(breaker.next(0));
    assertThat(acquire).isInstanceOf(Work.Probe.class);
    // when the replica goes on alone and closes before the answer comes
    breaker.alone();
    permit(breaker).success();
    permit(breaker).success();
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    breaker.answered(acquire, halfOpenAnswer(BreakerStore.Status.GRANTED, 4, State.OPEN), now);
    // then
    assertThat(breaker.state()).isEqualTo(State.CLOSED);
    assertThat(breaker.next(0))
        .isInstanceOfSatisfying(
            Work.Join.class,
            again -> {
              assertThat(requireNonNull(again.proposal()).state()).isEqualTo(State.CLOSED);
              assertThat(again.proposal().own()).isTrue();
            });
  }
}
