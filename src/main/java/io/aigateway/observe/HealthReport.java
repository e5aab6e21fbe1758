package io.aigateway.observe;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.reload.RouteState;
import io.aigateway.wire.Json;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/**
 * How is the gateway? Serves what the last check found: {@link HealthChecks} looks at the
 * dependencies aside, so that an answer never waits for one of them.
 */
@InMemory
@RouteStep
public final class HealthReport {
  private final HealthChecks checks;
  private final Readiness readiness;
  private final Providers providers;
  private final Breakers breakers;
  private final BreakerJson breakerJson;
  private final Set<String> required;
  private final Supplier<RouteState> routes;
  private final String version;

  /**
   * @param required names of checks without which callers should not be sent here
   * @param routes what is known of the loaded routes, for {@code /health}
   */
  public HealthReport(
      HealthChecks checks,
      Readiness readiness,
      Providers providers,
      Breakers breakers,
      BreakerJson breakerJson,
      Set<String> required,
      Supplier<RouteState> routes,
      String version) {
    this.checks = checks;
    this.readiness = readiness;
    this.providers = providers;
    this.breakers = breakers;
    this.breakerJson = breakerJson;
    this.required = Set.copyOf(required);
    this.routes = routes;
    this.version = version;
  }

  /** 200 as long as the process can serve at all. */
  public HttpAnswer live(Exchange exchange) {
    return HttpAnswer.json(200, Json.bytes(Json.object().put("status", "ok")));
  }

  /** 200 when callers should be sent here, else 503. */
  public HttpAnswer ready(Exchange exchange) {
    Map<String, HealthChecks.Result> results = checks.last();
    Optional<String> reason = unready(results);
    return HttpAnswer.json(reason.isEmpty() ? 200 : 503, Json.bytes(summary(results, reason)));
  }

  /** The same, with every provider, every breaker, and the routes. */
  public HttpAnswer full(Exchange exchange) {
    Map<String, HealthChecks.Result> results = checks.last();
    Optional<String> reason = unready(results);
    ObjectNode body = summary(results, reason);
    ArrayNode list = body.putArray("providers");
    for (Provider provider : providers.all()) {
      ObjectNode entry = list.addObject();
      entry.put("name", provider.name());
      entry.put("dialect", provider.dialect().name());
      entry.put("configured", provider.configured());
      Breaker breaker = breakers.find(provider.name());
      if (breaker != null) {
        entry.set("breaker", breakerJson.of(breaker));
      }
      credentials(provider, entry);
    }
    ArrayNode all = body.putArray("breakers");
    breakers.all().forEach(breaker -> all.add(breakerJson.of(breaker)));
    body.set("routes", RoutesJson.of(routes.get()));
    return HttpAnswer.json(reason.isEmpty() ? 200 : 503, Json.bytes(body));
  }

  /** The credentials of a provider that has several, by name. */
  private void credentials(Provider provider, ObjectNode entry) {
    List<String> names = provider.credentialNames();
    if (names.size() > 1) {
      ArrayNode list = entry.putArray("credentials");
      for (String name : names) {
        Breaker breaker = breakers.find(provider.breakerOf(name));
        if (breaker != null) {
          ObjectNode credential = list.addObject();
          credential.put("name", name);
          credential.set("breaker", breakerJson.of(breaker));
        }
      }
    }
  }

  /** Why callers should not be sent here, if so. */
  private Optional<String> unready(Map<String, HealthChecks.Result> results) {
    if (!readiness.isReady()) {
      return Optional.of(readiness.reason());
    }
    return required.stream()
        .sorted()
        .filter(name -> results.containsKey(name) && !results.get(name).up())
        .map(name -> name + " is down")
        .findFirst();
  }

  private ObjectNode summary(Map<String, HealthChecks.Result> results, Optional<String> reason) {
    ObjectNode body = Json.object();
    boolean allUp = results.values().stream().allMatch(HealthChecks.Result::up);
    body.put("status", reason.isPresent() ? "not_ready" : allUp ? "ready" : "degraded");
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
    reason.ifPresent(text -> body.put("reason", text));
    body.put("version", version);
    return body;
  }
}
