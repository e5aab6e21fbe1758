package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.aigateway.call.Call;
import io.aigateway.call.HandTimers;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.http.StubRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class GateTest {
  private static final Duration LONG = Duration.ofSeconds(5);

  private final HandTimers timers = new HandTimers();
  private final Gate gate = gate(1, 2);

  private Gate gate(int inside, int queue) {
    return new Gate(new GateSettings(inside, queue, LONG), () -> 0, timers);
  }

  /** One call at the gate. */
  private static final class Visit implements Gate.Guest {
    final StubRequest request = new StubRequest("/");
    final Call call = new Call(request, new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    final List<Runnable> leave = new ArrayList<>();
    String told = "";

    Visit() {
      request.onGone(call::cancelUpstream);
    }

    @Override
    public void entered(Runnable whenOver) {
      told += "in";
      leave.add(whenOver);
    }

    @Override
    public void turnedAway(String why) {
      told += why;
    }

    @Override
    public void gone() {
      told += "gone";
    }

    void leave() {
      leave.get(0).run();
    }
  }

  private Visit visit() {
    Visit visit = new Visit();
    gate.enter(visit.call, visit);
    return visit;
  }

  @Test
  void callsAboveTheLimitWaitInTheirOrder() {
    Visit first = visit();
    Visit second = visit();
    Visit third = visit();
    assertThat(first.told).isEqualTo("in");
    assertThat(second.told + third.told).isEmpty();
    assertThat(gate.waiting()).isEqualTo(2);

    first.leave();
    assertThat(second.told).isEqualTo("in");
    assertThat(third.told).isEmpty();
    second.leave();
    assertThat(third.told).isEqualTo("in");
    third.leave();

    assertThat(gate.inside()).isZero();
    assertThat(timers.set).allMatch(timer -> timer.takenBack);
  }

  @Test
  void fullQueueTurnsAway() {
    visit();
    visit();
    visit();

    assertThat(visit().told).isEqualTo("its queue is full");
    assertThat(gate.waiting()).isEqualTo(2);
  }

  @Test
  void nobodyWaitsForEver() {
    Visit first = visit();
    Visit second = visit();
    assertThat(timers.last().wait).isEqualTo(LONG);

    timers.last().goOff();
    assertThat(second.told).isEqualTo("it had no place in time");
    first.leave();

    assertThat(second.told).isEqualTo("it had no place in time");
    assertThat(gate.inside()).isZero();
    assertThat(gate.waiting()).isZero();
  }

  @Test
  void callerWhoLeavesTheQueueFreesItsPlace() {
    Visit first = visit();
    Visit second = visit();
    Visit third = visit();

    second.request.leave();
    assertThat(second.told).isEqualTo("gone");
    assertThat(gate.waiting()).isEqualTo(1);
    first.leave();

    assertThat(third.told).isEqualTo("in");
  }

  @Test
  void leavingTwiceFreesOnePlace() {
    Visit first = visit();
    first.leave();
    first.leave();

    assertThat(gate.inside()).isZero();
  }

  @Test
  void largerLimitLetsThoseInWhoWait() {
    visit();
    Visit second = visit();

    gate.configure(new GateSettings(2, 2, LONG));

    assertThat(second.told).isEqualTo("in");
  }

  @Test
  void limitHoldsForManyThreads() throws Exception {
    Gate crowded = gate(3, 1000);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(400);
    ExecutorService threads = Executors.newFixedThreadPool(4);
    for (int i = 0; i < 400; i++) {
      threads.execute(
          () -> {
            Visit visit = new Visit();
            crowded.enter(
                visit.call,
                new Gate.Guest() {
                  @Override
                  public void entered(Runnable leave) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    threads.execute(
                        () -> {
                          inside.decrementAndGet();
                          served.incrementAndGet();
                          leave.run();
                          done.countDown();
                        });
                  }

                  @Override
                  public void turnedAway(String why) {
                    done.countDown();
                  }

                  @Override
                  public void gone() {
                    done.countDown();
                  }
                });
          });
    }

    assertThat(done.await(10, TimeUnit.SECONDS)).isTrue();
    threads.shutdown();
    assertThat(served.get()).isEqualTo(400);
    assertThat(most.get()).isLessThanOrEqualTo(3);
    assertThat(crowded.inside()).isZero();
  }

  @Test
  void numbersAreChecked() {
    assertThatThrownBy(() -> new GateSettings(-1, 0, LONG))
        .hasMessage("maxConcurrent is -1; accepted: 1 or more, or 0 for no limit");
    assertThatThrownBy(() -> new GateSettings(1, -1, LONG))
        .hasMessage("maxQueue is -1; accepted: 0 or more");
    assertThatThrownBy(() -> new GateSettings(1, 1, Duration.ZERO))
        .hasMessage("queueTimeout is 0 ms; accepted: 1ms or more");
  }
}
