package io.aigateway.observe;

import io.aigateway.call.Call;
import io.aigateway.chat.TokenEstimate;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Operation;
import io.aigateway.error.RequestException;
import io.aigateway.provider.Gates;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts calls of providers that no caller's answer came from: losers of a hedge and shadows. Their
 * tokens are paid for, and are in no caller's usage. For all threads.
 */
public final class AttemptMetrics {
  private final MeterRegistry registry;

  public AttemptMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  /** A target that was asked beside another one began to answer first. */
  public void hedgeWon(Call winner) {
    String provider = winner.answeredBy();
    if (provider != null) {
      counter(Metric.HEDGES, provider, "won").increment();
    }
  }

  /** The other target's call was ended; it may not have begun. */
  public void hedgeLost(Call loser) {
    String provider = loser.askedLast();
    if (provider != null) {
      counter(Metric.HEDGES, provider, "lost").increment();
      tokens(Metric.HEDGE_TOKENS, provider, loser);
    }
  }

  /**
   * A copy of a request has been answered or has failed.
   *
   * @param outcome {@code ok} or the kind of failure
   */
  public void shadowed(@Nullable String provider, String outcome, Call shadow, long nanos) {
    String name = provider == null ? "none" : provider;
    counter(Metric.SHADOWS, name, outcome).increment();
    if (provider != null) {
      Timer.builder(Metric.SHADOW_DURATION.meter())
          .description(Metric.SHADOW_DURATION.help())
          .tags(Metric.SHADOW_DURATION.labels().get(0), name)
          .register(registry)
          .record(nanos, TimeUnit.NANOSECONDS);
      tokens(Metric.SHADOW_TOKENS, name, shadow);
    }
  }

  /** A copy was not made, since too many are under way. */
  public void shadowDropped() {
    counter(Metric.SHADOWS, "none", "dropped").increment();
  }

  /** Shows how many calls are at each provider that has a limit, and how many wait. */
  public void watch(Gates gates) {
    gates.onNew(
        (provider, gate) -> {
          gauge(Metric.CALLS_UNDER_WAY, gate::inside, provider);
          gauge(Metric.QUEUE_LENGTH, gate::waiting, provider);
        });
  }

  private void tokens(Metric metric, String provider, Call call) {
    Usage usage = call.usage();
    if (usage != null) {
      add(metric, provider, "input", usage.input());
      add(metric, provider, "output", usage.output());
    } else if (call.askedLast() != null && call.operation() == Operation.CHAT) {
      // a provider that was not heard out charges at least for what it read
      add(metric, provider, "input_estimated", estimate(call));
    }
  }

  private static long estimate(Call call) {
    try {
      return TokenEstimate.of(call.parsed());
    } catch (RequestException e) {
      // it passed as it came, and nobody here understands it
      return 0;
    }
  }

  private void add(Metric metric, String provider, String type, long count) {
    if (count > 0) {
      counter(metric, provider, type).increment(count);
    }
  }

  private Counter counter(Metric metric, String... values) {
    return Counter.builder(metric.meter())
        .description(metric.help())
        .tags(tags(metric, values))
        .register(registry);
  }

  private void gauge(Metric metric, java.util.function.Supplier<Number> value, String... values) {
    Gauge.builder(metric.meter(), value)
        .description(metric.help())
        .tags(tags(metric, values))
        .register(registry);
  }

  private static Tags tags(Metric metric, String... values) {
    Tags tags = Tags.empty();
    for (int i = 0; i < values.length; i++) {
      tags = tags.and(metric.labels().get(i), values[i]);
    }
    return tags;
  }
}
