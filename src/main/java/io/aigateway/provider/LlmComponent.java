package io.aigateway.provider;

import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.ProviderDialect;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.apache.camel.Endpoint;
import org.apache.camel.support.DefaultComponent;

/**
 * The Camel component {@code llm:name}: one step that calls the provider of this name. Its
 * parameters are documented at {@link LlmEndpoint}.
 */
public final class LlmComponent extends DefaultComponent {
  private final Vertx vertx;
  private final Providers providers;
  private final Function<String, String> credentials;
  private final Map<String, ProviderDialect> dialects = new TreeMap<>();
  private final Map<String, PassThrough> passThroughs = new TreeMap<>();
  private final Limits limits;
  private final Around around;
  private final ProxySettings proxy;
  private final WarmUpAddress warmUp;
  private final LongSupplier nanoClock;
  private final Clock clock;

  /**
   * What every call keeps to.
   *
   * @param maxReplyBytes upper limit of a whole answer and of one event
   * @param maxAttempts how often providers may be asked for one request
   */
  public record Limits(int maxReplyBytes, int maxAttempts) {}

  /**
   * What stands around the calls of all providers.
   *
   * @param gates limits of calls under way
   * @param guards of credentials that are one of several
   */
  public record Around(Gates gates, CredentialGuard.Source guards) {}

  /**
   * @param credentials from a credential's name to its value, "" when it is not set
   * @param nanoClock monotonic, nanoseconds
   */
  public LlmComponent(
      Vertx vertx,
      Providers providers,
      Function<String, String> credentials,
      List<ProviderDialect> dialects,
      List<PassThrough> passThroughs,
      Limits limits,
      Around around,
      ProxySettings proxy,
      WarmUpAddress warmUp,
      LongSupplier nanoClock,
      Clock clock) {
    this.vertx = vertx;
    this.providers = providers;
    this.credentials = credentials;
    this.limits = limits;
    this.around = around;
    this.proxy = proxy;
    this.warmUp = warmUp;
    this.nanoClock = nanoClock;
    this.clock = clock;
    dialects.forEach(dialect -> this.dialects.put(dialect.name(), dialect));
    ProviderDialect demo = new DemoDialect();
    this.dialects.put(demo.name(), demo);
    passThroughs.forEach(straight -> this.passThroughs.put(straight.dialect(), straight));
  }

  @Override
  protected Endpoint createEndpoint(String uri, String remaining, Map<String, Object> parameters)
      throws Exception {
    LlmEndpoint endpoint = new LlmEndpoint(uri, this, remaining);
    setProperties(endpoint, parameters);
    return endpoint;
  }

  Vertx vertx() {
    return vertx;
  }

  Providers providers() {
    return providers;
  }

  String credential(String name) {
    return credentials.apply(name);
  }

  /**
   * @throws IllegalArgumentException when there is no such dialect
   */
  ProviderDialect dialect(String name) {
    ProviderDialect dialect = dialects.get(name);
    if (dialect == null) {
      throw new IllegalArgumentException(
          "dialect '" + name + "' is not known; accepted: " + String.join(", ", dialects.keySet()));
    }
    return dialect;
  }

  /**
   * The lines by which bytes pass to a provider as they are.
   *
   * @param more lines beside those of the dialect
   * @throws IllegalArgumentException when there is no line of such a name
   */
  Map<String, PassThrough> straightLines(ProviderDialect dialect, List<String> more) {
    for (String name : more) {
      if (!passThroughs.containsKey(name)) {
        throw new IllegalArgumentException(
            "endpoint '"
                + name
                + "' is not known; accepted: "
                + String.join(", ", passThroughs.keySet()));
      }
    }
    Map<String, PassThrough> lines = new TreeMap<>(passThroughs);
    lines
        .keySet()
        .removeIf(name -> !dialect.straightLines().contains(name) && !more.contains(name));
    return lines;
  }

  Limits limits() {
    return limits;
  }

  Around around() {
    return around;
  }

  ProxySettings proxy() {
    return proxy;
  }

  WarmUpAddress warmUp() {
    return warmUp;
  }

  LongSupplier nanoClock() {
    return nanoClock;
  }

  Clock clock() {
    return clock;
  }
}
