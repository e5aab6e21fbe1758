package io.aigateway.observe;

import io.aigateway.call.Attempt;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.chat.Usage;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Counts requests when they have ended. For all threads; a meter is looked up once for each set of
 * label values. The values are bounded: models that no provider lists share {@code other}, and so
 * do tenants beyond a number.
 */
public final class RequestMetrics {
  private static final String NONE = "none";
  private static final String OTHER = "other";
  private static final String[] TOKEN_TYPES = {
    "input", "output", "cache_read", "cache_write", "reasoning"
  };

  private record Key(Metric metric, String a, String b, String c, String d) {}

  /** What the meters of a usual request have in common: found with one look-up. */
  private record Series(String tenant, String provider, String model, int status) {}

  private final MeterRegistry registry;
  private final Providers providers;
  private final Map<Key, Counter> counters = new ConcurrentHashMap<>();
  private final Map<Key, Timer> timers = new ConcurrentHashMap<>();
  private final Map<Series, Meters> series = new ConcurrentHashMap<>();
  private final Map<String, Boolean> tenants = new ConcurrentHashMap<>();
  private final int maxTenants;

  /**
   * @param maxTenants how many tenants get a label of their own
   */
  public RequestMetrics(MeterRegistry registry, Providers providers, int maxTenants) {
    this.registry = registry;
    this.providers = providers;
    this.maxTenants = maxTenants;
  }

  /** The first to come have a label of their own. */
  private String label(String tenant) {
    if (tenants.containsKey(tenant)) {
      return tenant;
    }
    synchronized (tenants) {
      if (tenants.size() >= maxTenants) {
        return OTHER;
      }
      tenants.put(tenant, true);
      return tenant;
    }
  }

  /** A request has ended, well or not. */
  public void ended(Call call, long nowNanos) {
    Caller who = call.caller();
    String tenant = who == null ? NONE : label(who.tenant());
    String provider = provider(call);
    String model = model(provider, call);
    Series of = new Series(tenant, provider, model, call.status());
    Meters meters = series.get(of);
    if (meters == null) {
      meters = series.computeIfAbsent(of, Meters::new);
    }
    meters.ended(call, nowNanos - call.startedNanos());
    if (call.isRefusedByLimit()) {
      counter(Metric.RATE_LIMIT_HITS, tenant, "", "", "").increment();
    }
    attempts(call.attempts());
  }

  /** The meters of one series; those that not every request moves come when they are moved. */
  private final class Meters {
    private final Series of;
    private final Counter requests;
    private final Timer duration;
    private @Nullable Timer overhead;
    private @Nullable Timer firstToken;
    private final Counter[] tokens = new Counter[TOKEN_TYPES.length];

    Meters(Series of) {
      this.of = of;
      this.requests =
          counter(
              Metric.REQUESTS,
              of.tenant(),
              of.provider(),
              of.model(),
              Integer.toString(of.status()));
      this.duration = timer(Metric.DURATION, of.provider());
    }

    void ended(Call call, long nanos) {
      requests.increment();
      duration.record(nanos, TimeUnit.NANOSECONDS);
      if (call.asked() > 0) {
        if (overhead == null) {
          overhead = timer(Metric.OVERHEAD, of.provider());
        }
        overhead.record(
            Math.max(0, nanos - call.upstreamNanos() - call.bodyNanos()), TimeUnit.NANOSECONDS);
      }
      if (call.firstTokenNanos() != 0) {
        if (firstToken == null) {
          firstToken = timer(Metric.FIRST_TOKEN, of.provider());
        }
        firstToken.record(call.firstTokenNanos() - call.startedNanos(), TimeUnit.NANOSECONDS);
      }
      Usage usage = call.usage();
      if (usage != null) {
        tokens(0, usage.input());
        tokens(1, usage.output());
        tokens(2, usage.cacheRead());
        tokens(3, usage.cacheWrite());
        tokens(4, usage.reasoning());
      }
    }

    private void tokens(int type, long count) {
      if (count > 0) {
        Counter known = tokens[type];
        if (known == null) {
          known = counter(Metric.TOKENS, of.tenant(), of.provider(), of.model(), TOKEN_TYPES[type]);
          tokens[type] = known;
        }
        known.increment(count);
      }
    }
  }

  private void attempts(List<Attempt> attempts) {
    Attempt before = null;
    for (int i = 0; i < attempts.size(); i++) {
      Attempt attempt = attempts.get(i);
      if (attempt.wasAsked() && before != null) {
        if (wasAskedBefore(attempts, i)) {
          counter(Metric.RETRIES, attempt.provider(), "", "", "").increment();
        } else {
          counter(Metric.FALLBACKS, before.provider(), attempt.provider(), "", "").increment();
        }
      }
      if (attempt.failure() != null) {
        failed(attempt.provider(), attempt.failure());
      }
      if (attempt.failure() == null
          || attempt.failure().kind() != Kind.NOT_CONFIGURED
              && attempt.failure().kind() != Kind.NOT_ALLOWED) {
        before = attempt;
      }
    }
  }

  private void failed(String provider, TargetException failure) {
    Kind kind = failure.kind();
    if (failure.wasAsked()) {
      counter(Metric.PROVIDER_ERRORS, provider, kind.label(), "", "").increment();
    }
    // a tenant's own credential is for the tenant to mend
    if ((kind == Kind.UNAUTHORIZED || kind == Kind.FORBIDDEN) && !failure.isOfOwnCredential()) {
      counter(Metric.CREDENTIAL_ALARMS, provider, "", "", "").increment();
    }
    if (kind == Kind.BUSY) {
      counter(Metric.QUEUE_REJECTIONS, provider, "", "", "").increment();
    }
  }

  private static boolean wasAskedBefore(List<Attempt> attempts, int position) {
    Attempt now = attempts.get(position);
    for (Attempt earlier : attempts.subList(0, position)) {
      if (earlier.wasAsked()
          && earlier.provider().equals(now.provider())
          && earlier.model().equals(now.model())) {
        return true;
      }
    }
    return false;
  }

  private static String provider(Call call) {
    String answered = call.answeredBy();
    if (answered != null) {
      return answered;
    }
    String last = NONE;
    for (Attempt attempt : call.attempts()) {
      if (attempt.wasAsked() || last.equals(NONE)) {
        last = attempt.provider();
      }
    }
    return last;
  }

  private String model(String providerName, Call call) {
    String model = call.modelSent() == null ? call.model() : call.modelSent();
    Provider provider = providers.find(providerName);
    return provider != null && provider.models().contains(model) ? model : OTHER;
  }

  private Counter counter(Metric metric, String a, String b, String c, String d) {
    return counters.computeIfAbsent(
        new Key(metric, a, b, c, d),
        key ->
            Counter.builder(metric.meter())
                .description(metric.help())
                .tags(tags(metric, List.of(a, b, c, d)))
                .register(registry));
  }

  private Timer timer(Metric metric, String a) {
    return timers.computeIfAbsent(
        new Key(metric, a, "", "", ""),
        key ->
            Timer.builder(metric.meter())
                .description(metric.help())
                .tags(tags(metric, List.of(a)))
                .serviceLevelObjectives(
                    Duration.ofMillis(1),
                    Duration.ofMillis(2),
                    Duration.ofMillis(5),
                    Duration.ofMillis(10),
                    Duration.ofMillis(25),
                    Duration.ofMillis(50),
                    Duration.ofMillis(100),
                    Duration.ofMillis(250),
                    Duration.ofMillis(500),
                    Duration.ofSeconds(1),
                    Duration.ofMillis(2500),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(120),
                    Duration.ofSeconds(300))
                .register(registry));
  }

  private static List<Tag> tags(Metric metric, List<String> values) {
    List<Tag> tags = new ArrayList<>();
    for (int i = 0; i < metric.labels().size(); i++) {
      tags.add(Tag.of(metric.labels().get(i), values.get(i)));
    }
    return tags;
  }
}
