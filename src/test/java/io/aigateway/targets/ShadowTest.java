package io.aigateway.targets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.call.Call;
import io.aigateway.chat.Usage;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ShadowTest {
  private static final String RULE =
      """
      - wireTap:
          id: rule-copy
          uri: target:copy
      - to: target:a
      """;

  private final List<Call> views = new CopyOnWriteArrayList<>();
  private final Map<Call, Runnable> ends = new ConcurrentHashMap<>();
  private RuleBench bench;

  @BeforeEach
  void begin() throws Exception {
    bench = RuleBench.of(RULE).serves("a");
    bench.plays(
        "copy",
        (copy, end) -> {
          Call view = Call.of(copy);
          view.takeAttempt(RuleBench.MOST, "copy");
          ends.put(view, end);
          views.add(view);
        });
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private double count(String... tags) {
    var counter = bench.meters.find("aigateway.shadows").tags(tags).counter();
    return counter == null ? 0 : counter.count();
  }

  private Exchange send(StubRequest request) throws Exception {
    return bench.send(bench.exchange(request, false));
  }

  private void awaitCopies(int copies) {
    await().atMost(Duration.ofSeconds(5)).until(() -> views.size() == copies);
  }

  @Test
  void callerDoesNotWaitAndPaysForItsOwnAnswerOnly() throws Exception {
    Exchange exchange = send(new StubRequest("/"));
    assertThat(exchange.getMessage().getBody()).isEqualTo("a");
    awaitCopies(1);

    Call view = views.get(0);
    view.used(new Usage(3, 4));
    view.answered("copy", "m");
    ends.get(view).run();

    Call call = Call.of(exchange);
    assertThat(call.asked()).isEqualTo(1);
    assertThat(call.usage()).isNull();
    assertThat(call.answeredBy()).isEqualTo("a");
    assertThat(call.attempts()).hasSize(1);
    assertThat(count("provider", "copy", "outcome", "ok")).isEqualTo(1);
    assertThat(bench.meters.get("aigateway.shadow.tokens").tags("type", "output").counter().count())
        .isEqualTo(4);
  }

  @Test
  void copyGoesOnWhenTheCallerHasLeft() throws Exception {
    StubRequest request = new StubRequest("/").with("x-a", "b");
    send(request);
    awaitCopies(1);

    request.leave();

    Call view = views.get(0);
    assertThat(view.isGone()).isFalse();
    assertThat(view.request().header("x-a")).isEqualTo("b");
    assertThat(request.areHeadersKept()).isTrue();
    ends.get(view).run();
    assertThat(count("outcome", "ok")).isEqualTo(1);
  }

  @Test
  void failureOfACopyIsNobodys() throws Exception {
    bench.plays(
        "copy",
        (copy, end) -> {
          copy.setException(new TargetException(Kind.TIMEOUT, "copy", "late"));
          end.run();
        });

    assertThat(send(new StubRequest("/")).getException()).isNull();

    await().atMost(Duration.ofSeconds(5)).until(() -> count("outcome", "timeout") == 1);
  }

  @Test
  void noMoreThanSoManyAreUnderWay() throws Exception {
    for (int i = 0; i < 3; i++) {
      assertThat(send(new StubRequest("/")).getMessage().getBody()).isEqualTo("a");
    }
    awaitCopies(2);
    assertThat(count("outcome", "dropped")).isEqualTo(1);

    ends.get(views.get(0)).run();
    send(new StubRequest("/"));

    awaitCopies(3);
    assertThat(count("outcome", "dropped")).isEqualTo(1);
  }
}
