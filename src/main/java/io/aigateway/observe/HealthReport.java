package io.aigateway.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.InMemory;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.reload.RouteState;
import io.aigateway.wire.Json;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * How is the gateway? Serves what the last check found: {@link HealthChecks} looks at the
 * dependencies aside, so that an answer never waits for one of them.
 */
@InMemory
public final class HealthReport {
  private final HealthChecks checks;
  private final Readiness readiness;
  private final Providers providers;
  private final Breakers breakers;
  private final Supplier<RouteState> routes;
  private final String version;

  /**
   * @param routes what is known of the loaded routes, for {@code /health}
   */
  public HealthReport(
      HealthChecks checks,
      Readiness readiness,
      Providers providers,
      Breakers breakers,
      Supplier<RouteState> routes,
      String version) {
    this.checks = checks;
    this.readiness = readiness;
    this.providers = providers;
    this.breakers = breakers;
    this.routes = routes;
    this.version = version;
  }

  /** 200 as long as the process can serve at all. */
  public HttpAnswer live(Exchange exchange) {
    return HttpAnswer.json(200, Json.bytes(Json.object().put("status", "ok")));
  }

  /** 200 when callers should be sent here, else 503. */
  public HttpAnswer ready(Exchange exchange) {
    boolean ready = readiness.isReady();
    return HttpAnswer.json(ready ? 200 : 503, Json.bytes(summary(ready)));
  }

  /** The same, with every provider, its breaker, and the routes. */
  public HttpAnswer full(Exchange exchange) {
    boolean ready = readiness.isReady();
    ObjectNode body = summary(ready);
    ArrayNode list = body.putArray("providers");
    for (Provider provider : providers.all()) {
      ObjectNode entry = list.addObject();
      entry.put("name", provider.name());
      entry.put("dialect", provider.dialect().name());
      entry.put("configured", provider.configured());
      Breaker breaker = breakers.find(provider.name());
      if (breaker != null) {
        entry.set("breaker", describe(breaker.snapshot()));
      }
    }
    body.set("routes", describe(routes.get()));
    return HttpAnswer.json(ready ? 200 : 503, Json.bytes(body));
  }

  private ObjectNode summary(boolean ready) {
    ObjectNode body = Json.object();
    Map<String, HealthChecks.Result> results = checks.last();
    boolean allUp = results.values().stream().allMatch(HealthChecks.Result::up);
    body.put("status", !ready ? "not_ready" : allUp ? "ready" : "degraded");
    ObjectNode all = body.putObject("checks");
    results.forEach(
        (name, result) -> {
          ObjectNode entry = all.putObject(name);
          entry.put("status", result.up() ? "up" : "down");
          entry.put("duration_ms", result.millis());
          if (!result.up()) {
            entry.put("error", "not available");
          }
        });
    if (!ready) {
      body.put("reason", readiness.reason());
    }
    body.put("version", version);
    return body;
  }

  private static ObjectNode describe(RouteState routes) {
    ObjectNode entry = Json.object();
    entry.put("version", routes.version());
    entry.put("digest", routes.digest());
    entry.put("count", routes.count());
    entry.put("loaded_at", routes.loadedAt().toString());
    entry.put("last_error", routes.lastError());
    if (routes.lastErrorAt() != null) {
      entry.put("last_error_at", routes.lastErrorAt().toString());
    }
    return entry;
  }

  private static ObjectNode describe(Breaker.Snapshot breaker) {
    ObjectNode entry = Json.object();
    entry.put("state", breaker.state().label());
    entry.put("calls", breaker.calls());
    entry.put("failures", breaker.failures());
    if (breaker.state() == Breaker.State.OPEN) {
      entry.put("next_probe_ms", breaker.untilProbe().toMillis());
    }
    if (breaker.reason() != null) {
      entry.put("reason", breaker.reason());
    }
    return entry;
  }
}
