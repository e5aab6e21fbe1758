package io.aigateway.observe;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import io.aigateway.provider.Providers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class RequestMetricsTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
  private final RequestMetrics metrics = new RequestMetrics(registry, new Providers(), 2);

  private static Call call() {
    return new Call(
        new StubRequest("/"), new OpenAiCaller(), Operation.CHAT, "id", 1_000, 0, false);
  }

  private double count(Metric metric, String... tags) {
    return registry.get(metric.meter()).tags(tags).counter().count();
  }

  @Test
  void servedRequestIsCountedWithItsTokensAndTimes() {
    Call call = call();
    call.authenticated(new Caller("acme", "key"));
    call.takeAttempt(3, "openai");
    call.asking(2_000);
    call.firstToken(3_000);
    call.upstreamDone(5_000);
    call.answered("p", "m");
    call.used(new Usage(10, 4, 3, 0, 2, 0, 0));
    call.status(200);

    metrics.ended(call, 6_000);

    assertThat(count(Metric.REQUESTS, "tenant_id", "acme", "provider", "p", "status", "200"))
        .isEqualTo(1);
    assertThat(count(Metric.TOKENS, "type", "input")).isEqualTo(10);
    assertThat(count(Metric.TOKENS, "type", "cache_read")).isEqualTo(3);
    assertThat(count(Metric.TOKENS, "type", "reasoning")).isEqualTo(2);
    assertThat(registry.find(Metric.TOKENS.meter()).tag("type", "cache_write").counter()).isNull();
    assertThat(registry.get(Metric.DURATION.meter()).timer().totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(5_000);
    assertThat(registry.get(Metric.OVERHEAD.meter()).timer().totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(2_000);
    assertThat(registry.get(Metric.FIRST_TOKEN.meter()).timer().totalTime(TimeUnit.NANOSECONDS))
        .isEqualTo(2_000);
  }

  @Test
  void failuresFallbacksAndAlarmsAreCountedByTarget() {
    Call call = call();
    call.failed("n", "m", new TargetException(Kind.NOT_CONFIGURED, "n", "x"));
    call.failed("a", "m", new TargetException(Kind.UNAUTHORIZED, "a", 401, "x", null));
    call.failed("b", "m", new TargetException(Kind.BREAKER_OPEN, "b", "x"));
    call.answered("c", "m");

    metrics.ended(call, 2_000);

    assertThat(count(Metric.PROVIDER_ERRORS, "provider", "a", "error_type", "unauthorized"))
        .isEqualTo(1);
    assertThat(count(Metric.CREDENTIAL_ALARMS, "provider", "a")).isEqualTo(1);
    assertThat(count(Metric.FALLBACKS, "from", "b", "to", "c")).isEqualTo(1);
    assertThat(registry.get(Metric.FALLBACKS.meter()).counters()).hasSize(1);
    assertThat(registry.get(Metric.PROVIDER_ERRORS.meter()).counters()).hasSize(1);
  }

  @Test
  void modelsThatNoProviderListsShareOneLabel() {
    for (int i = 0; i < 50; i++) {
      Call call = call();
      call.model("made-up-" + i);
      call.answered("p", "made-up-" + i);
      metrics.ended(call, 2_000);
    }

    assertThat(registry.get(Metric.REQUESTS.meter()).counters()).hasSize(1);
    assertThat(count(Metric.REQUESTS, "model", "other")).isEqualTo(50);
  }

  @Test
  void requestThatGotNowhereIsCountedWithoutAProvider() {
    Call call = call();
    call.status(401);

    metrics.ended(call, 2_000);

    assertThat(count(Metric.REQUESTS, "tenant_id", "none", "provider", "none", "status", "401"))
        .isEqualTo(1);
    assertThat(registry.find(Metric.OVERHEAD.meter()).timer()).isNull();
  }
}
