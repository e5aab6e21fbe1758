package io.aigateway.route;

import io.aigateway.auth.Authenticate;
import io.aigateway.auth.KeyDirectory;
import io.aigateway.breaker.BreakerProcessorFactory;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Timers;
import io.aigateway.call.Var;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.endpoint.Fallback;
import io.aigateway.endpoint.ListModels;
import io.aigateway.endpoint.ReadChat;
import io.aigateway.endpoint.Receive;
import io.aigateway.endpoint.Refuse;
import io.aigateway.endpoint.WarmUpToken;
import io.aigateway.endpoint.WriteChat;
import io.aigateway.endpoint.WriteError;
import io.aigateway.http.HttpAnswer;
import io.aigateway.http.StubRequest;
import io.aigateway.limit.Limiter;
import io.aigateway.limit.Reserve;
import io.aigateway.observe.AttemptMetrics;
import io.aigateway.observe.RequestMetrics;
import io.aigateway.provider.Address;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.provider.Timeouts;
import io.aigateway.settings.Storage;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import io.aigateway.store.Vault;
import io.aigateway.targets.Places;
import io.aigateway.targets.TargetProcessorFactory;
import io.aigateway.targets.Tools;
import io.aigateway.usage.Settle;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.component.direct.DirectComponent;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spi.Resource;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.jspecify.annotations.Nullable;

/**
 * One route file in a Camel context of its own. Doors of the server become direct ones, an {@code
 * llm} step records its parameters and plays what the test says, and every other route is a stub
 * that tells its name.
 */
final class RouteBench implements AutoCloseable {
  /** What is played in a neighbour's or provider's place. */
  interface Part {
    void play(Exchange exchange) throws Exception;
  }

  final List<String> visited = new ArrayList<>();
  final Map<String, Map<String, Object>> llm = new HashMap<>();
  final MeterRegistry meters = new SimpleMeterRegistry();

  private final DefaultCamelContext context = new DefaultCamelContext();
  private final Map<String, Part> parts = new HashMap<>();
  private final Providers providers = new Providers();
  private final Tools tools =
      new Tools(
          Timers.ofEventLoops(),
          System::nanoTime,
          () -> 0.5,
          new AttemptMetrics(meters),
          3,
          new Places(10));
  final Breakers breakers = new Breakers(System::nanoTime, (name, from, to, why) -> {});

  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final Caller caller;

  private RouteBench(Caller caller) {
    this.caller = caller;
  }

  /** Loads these files, named without their ending, and a stub for each route they call. */
  static RouteBench of(Map<String, String> properties, List<String> stubs, String... files) {
    return of(new Caller("default", "bootstrap"), properties, stubs, files);
  }

  /** The same, where the key of every request is this caller's. */
  static RouteBench of(
      Caller caller, Map<String, String> properties, List<String> stubs, String... files) {
    RouteBench bench = new RouteBench(caller);
    try {
      bench.load(properties, stubs, files);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
    return bench;
  }

  static RouteBench of(List<String> stubs, String... files) {
    return of(Map.of(), stubs, files);
  }

  private void load(Map<String, String> properties, List<String> stubs, String... files)
      throws Exception {
    Properties initial = new Properties();
    initial.putAll(properties);
    context.getPropertiesComponent().setInitialProperties(initial);
    context.addComponent("platform-http", new Doors());
    context.addComponent("llm", new Calls());
    DirectComponent direct = new DirectComponent();
    direct.setBlock(false);
    context.addComponent("direct", direct);
    context
        .getCamelContextExtension()
        .addContextPlugin(
            org.apache.camel.spi.ProcessorFactory.class,
            new TargetProcessorFactory(new BreakerProcessorFactory(breakers, 2, Map.of()), tools));
    Resilience4jConfigurationDefinition numbers = new Resilience4jConfigurationDefinition();
    numbers.setSlidingWindowType("TIME_BASED");
    numbers.setSlidingWindowSize("30");
    context.setResilience4jConfiguration(numbers);
    bind();
    List<Resource> resources = new ArrayList<>();
    resources.add(file("errors"));
    for (String name : files) {
      resources.add(file(name));
    }
    for (String stub : stubs) {
      resources.add(ResourceHelper.fromString(stub + ".yaml", STUB.replace("NAME", stub)));
    }
    PluginHelper.getRoutesLoader(context).loadRoutes(resources);
    context.start();
  }

  private void bind() {
    OpenAiCaller openai = new OpenAiCaller();
    Map<String, Object> beans =
        Map.of(
            "receive",
            new Receive(
                List.of(openai),
                () -> "made",
                System::nanoTime,
                Clock.systemUTC(),
                new WarmUpToken(() -> "t")),
            "authenticate",
            authenticate(),
            "read",
            new ReadChat(providers, 1 << 20, System::nanoTime),
            "write",
            new WriteChat(List.of(), System::nanoTime),
            "errors",
            new WriteError(openai),
            "refuse",
            new Refuse(),
            "models",
            new ListModels(providers),
            "usage",
            new Settle(new RequestMetrics(meters, providers, 500), System::nanoTime),
            "stub",
            new Stub());
    beans.forEach(context.getRegistry()::bind);
    context.getRegistry().bind("limit", new Reserve(new Limiter(null, "bench", System::nanoTime)));
    context.getRegistry().bind("fallback", new Fallback(providers));
    context.getRegistry().bind("health", new DoorRoutesTest.Named());
    context.getRegistry().bind("scrape", new DoorRoutesTest.Named());
  }

  private Authenticate authenticate() {
    return new Authenticate(
        Optional.of("gw-key"),
        Optional.empty(),
        caller,
        new KeyDirectory(
            Empty.DATABASE,
            new Vault(Sealer.ofThisProcess(new SecureRandom())),
            null,
            Clock.systemUTC(),
            System::nanoTime),
        providers::isKnown);
  }

  /** A database without tenants. */
  private static final class Empty {
    private static final Database DATABASE = open();

    private static Database open() {
      Database opened =
          new Database(
              new Storage(Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
              "bench");
      opened.start();
      if (!opened.awaitUp(Duration.ofSeconds(30))) {
        throw new AssertionError(opened.problem());
      }
      return opened;
    }
  }

  private Resource file(String name) throws Exception {
    return ResourceHelper.resolveMandatoryResource(
        context, "classpath:routes/" + name + ".camel.yaml");
  }

  /** What the neighbour or the provider of this name does, instead of nothing. */
  RouteBench plays(String name, Part part) {
    parts.put(name, part);
    return this;
  }

  /** Makes providers of these names known. */
  RouteBench knows(String... names) {
    for (String name : names) {
      providers.add(
          new Provider(
              name,
              new OpenAiProvider(),
              Address.of("http://localhost:1/v1"),
              "",
              "",
              true,
              true,
              new Timeouts(MINUTE, MINUTE, MINUTE, MINUTE),
              new ModelDefaults(1),
              List.of(name + "-model", "shared-model")));
    }
    return this;
  }

  /** Sends a request to a door of the server. */
  HttpAnswer ask(String door, StubRequest request) {
    Exchange exchange = new DefaultExchange(context);
    exchange.getMessage().setBody(request);
    send("door:" + door, exchange);
    request.close();
    if (exchange.getException() != null) {
      throw new AssertionError("the door failed", exchange.getException());
    }
    return exchange.getMessage().getBody(HttpAnswer.class);
  }

  /** Sends what the read step would have left to an inner route. */
  Exchange pass(String route, String model, String provider) {
    return pass(route, model, provider, Map.of());
  }

  /** The same with further variables. */
  Exchange pass(String route, String model, String provider, Map<Var, Object> more) {
    Exchange exchange = new DefaultExchange(context);
    Call call =
        new Call(new StubRequest("/"), new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    Var.CALL.set(exchange, call);
    Var.MODEL.set(exchange, model);
    Var.PROVIDER.set(exchange, provider);
    more.forEach((variable, value) -> variable.set(exchange, value));
    exchange.getMessage().setBody("request");
    send(route, exchange);
    return exchange;
  }

  private void send(String route, Exchange exchange) {
    Endpoint endpoint = context.getEndpoint("direct:" + route);
    try {
      context.createProducerTemplate().asyncSend(endpoint, exchange).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    } catch (ExecutionException e) {
      throw new AssertionError(e);
    }
  }

  /** The text of a whole answer. */
  static String text(HttpAnswer answer) {
    return Objects.requireNonNull(answer.bytes()).toString();
  }

  @Override
  public void close() {
    context.stop();
  }

  private void visit(String name, Exchange exchange) throws Exception {
    visited.add(name);
    Part part = parts.get(name);
    if (part != null) {
      part.play(exchange);
    }
  }

  private static final String STUB =
      """
      - route:
          id: NAME
          routeConfigurationId: stage
          from:
            uri: direct:NAME
            steps:
              - setProperty:
                  name: stub
                  constant: NAME
              - bean:
                  ref: stub
                  method: visit
      """;

  /** Stands in a neighbour's place. */
  public final class Stub {
    public void visit(Exchange exchange) throws Exception {
      RouteBench.this.visit(String.valueOf(exchange.getProperty("stub")), exchange);
    }
  }

  /** The server's doors, opened from inside. */
  private final class Doors extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String path, Map<String, Object> parameters) {
      parameters.clear();
      return context.getEndpoint("direct:door:" + path);
    }
  }

  /** The {@code llm} component without a provider. */
  private final class Calls extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
      llm.put(name, Map.copyOf(parameters));
      parameters.clear();
      return new DefaultEndpoint(uri, this) {
        @Override
        public Producer createProducer() {
          return new org.apache.camel.support.DefaultProducer(this) {
            @Override
            public void process(Exchange exchange) throws Exception {
              visit(name, exchange);
            }
          };
        }

        @Override
        public @Nullable Consumer createConsumer(Processor processor) {
          throw new UnsupportedOperationException("llm answers, it doesn't ask");
        }
      };
    }
  }
}
