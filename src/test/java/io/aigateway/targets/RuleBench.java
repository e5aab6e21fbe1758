package io.aigateway.targets;

import io.aigateway.breaker.BreakerProcessorFactory;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.Call;
import io.aigateway.call.HandTimers;
import io.aigateway.call.Retries;
import io.aigateway.call.Var;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.TargetException;
import io.aigateway.http.StubRequest;
import io.aigateway.observe.AttemptMetrics;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/**
 * One rule, written in YAML, over targets {@code target:name}, or {@code llm:name}, that play what
 * a test says.
 */
final class RuleBench implements AutoCloseable {

  /** What a target does; it ends the exchange by itself. */
  interface Part {
    void play(Exchange exchange, Runnable end);
  }

  static final int MOST = 4;

  final List<String> asked = java.util.Collections.synchronizedList(new ArrayList<>());
  final DefaultCamelContext context = new DefaultCamelContext();
  final Breakers breakers = new Breakers(System::nanoTime, (name, from, to, why) -> {});
  final MeterRegistry meters = new SimpleMeterRegistry();
  final HandTimers timers = new HandTimers();
  final AtomicLong now = new AtomicLong(1);
  double random = 0.5;

  /** How often an exchange was said to have ended. */
  int endings;

  private final Map<String, Exception> failures = new HashMap<>();
  private final Map<String, Part> parts = new HashMap<>();

  /** With Camel's own steps in place of the gateway's, to compare. */
  static RuleBench stock(String rule) throws Exception {
    return new RuleBench(rule, "", false, Map.of());
  }

  static RuleBench of(String rule) throws Exception {
    return new RuleBench(rule, "", true, Map.of());
  }

  /** With other routes beside the rule. */
  static RuleBench of(String rule, String routes) throws Exception {
    return new RuleBench(rule, routes, true, Map.of());
  }

  private RuleBench(String rule, String routes, boolean own, Map<String, Object> beans)
      throws Exception {
    beans.forEach(context.getRegistry()::bind);
    context.addComponent("target", new Targets());
    context.addComponent("llm", new Targets());
    if (own) {
      context
          .getCamelContextExtension()
          .addContextPlugin(
              ProcessorFactory.class,
              new TargetProcessorFactory(
                  new BreakerProcessorFactory(breakers, 3, Map.of()),
                  new Tools(
                      timers,
                      now::get,
                      () -> random,
                      new AttemptMetrics(meters),
                      MOST,
                      new Places(2))));
    }
    Resilience4jConfigurationDefinition numbers = new Resilience4jConfigurationDefinition();
    numbers.setSlidingWindowType("TIME_BASED");
    numbers.setSlidingWindowSize("30");
    context.setResilience4jConfiguration(numbers);
    String route =
        """
        - route:
            id: rule
            errorHandler: {noErrorHandler: {}}
            from:
              uri: direct:rule
              steps:
        """
            + rule.indent(10)
            + routes;
    PluginHelper.getRoutesLoader(context).loadRoutes(ResourceHelper.fromString("rule.yaml", route));
    context.start();
  }

  /** A failover over these targets. */
  static String failover(String options, String... targets) {
    StringBuilder rule = new StringBuilder("- loadBalance:\n    id: rule-choose\n");
    rule.append("    failoverLoadBalancer: {").append(options).append("}\n    steps:\n");
    for (String target : targets) {
      rule.append("      - to: target:").append(target).append('\n');
    }
    return rule.toString();
  }

  /** With beans that the rule names. */
  static RuleBench of(String rule, Map<String, Object> beans) throws Exception {
    return new RuleBench(rule, "", true, beans);
  }

  RuleBench plays(String target, Part part) {
    parts.put(target, part);
    return this;
  }

  RuleBench fails(String target, Exception why) {
    return plays(
        target,
        (exchange, end) -> {
          exchange.setException(why);
          end.run();
        });
  }

  /** Fails before its step returns. */
  RuleBench failsAtOnce(String target, Exception why) {
    failures.put(target, why);
    return this;
  }

  Exchange exchange() {
    return new DefaultExchange(context);
  }

  /** With a call that has been read. */
  Exchange exchange(StubRequest request, boolean stream) {
    Exchange exchange = exchange();
    Call call = new Call(request, new OpenAiCaller(), Operation.CHAT, "id", now.get(), 0, false);
    byte[] body =
        ("{\"model\":\"m\",\"stream\":"
                + stream
                + ",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}")
            .getBytes(java.nio.charset.StandardCharsets.UTF_8);
    call.received(body, call.dialect().head(body, Operation.CHAT));
    call.model("m");
    request.onGone(call::cancelUpstream);
    Var.CALL.set(exchange, call);
    return exchange;
  }

  /** What an {@code llm} step does that asks its provider and fails. */
  RuleBench fails(String target, TargetException why, Retries how) {
    return plays(
        target,
        (exchange, end) -> {
          Call call = Call.of(exchange);
          call.retries(how);
          call.takeAttempt(MOST, why.provider());
          call.failed(why.provider(), "m", why);
          exchange.setException(why);
          end.run();
        });
  }

  /** What an {@code llm} step does that asks its provider and gets an answer. */
  RuleBench serves(String target) {
    return plays(
        target,
        (exchange, end) -> {
          Call call = Call.of(exchange);
          call.takeAttempt(MOST, target);
          call.answered(target, "m");
          exchange.getMessage().setBody(target);
          end.run();
        });
  }

  /** Sends it through the rule and waits for its end. */
  Exchange send(Exchange exchange) throws Exception {
    CompletableFuture<Exchange> ended = new CompletableFuture<>();
    begin(exchange, ended);
    return ended.get(10, TimeUnit.SECONDS);
  }

  /** Sends it through the rule; the future tells of its end. */
  void begin(Exchange exchange, CompletableFuture<Exchange> ended) throws Exception {
    Producer producer = context.getEndpoint("direct:rule").createProducer();
    producer.start();
    ((org.apache.camel.AsyncProducer) producer)
        .process(
            exchange,
            doneSync -> {
              endings++;
              ended.complete(exchange);
            });
  }

  static boolean isOpen(CompletableFuture<?> future) throws Exception {
    try {
      future.get(20, TimeUnit.MILLISECONDS);
      return false;
    } catch (TimeoutException e) {
      return true;
    }
  }

  @Override
  public void close() {
    // calls that a test left open are not waited for
    context.getShutdownStrategy().setTimeout(1);
    context.stop();
  }

  private final class Targets extends DefaultComponent {
    @Override
    protected Endpoint createEndpoint(String uri, String name, Map<String, Object> parameters) {
      return new DefaultEndpoint(uri, this) {
        @Override
        public Producer createProducer() {
          return new DefaultAsyncProducer(this) {
            @Override
            public boolean process(Exchange exchange, AsyncCallback callback) {
              asked.add(name);
              Part part = parts.get(name);
              if (part == null) {
                exchange.getMessage().setBody(name);
                exchange.setException(failures.get(name));
                // as some of Camel's own do: what is returned and what is said differ
                callback.done(!failures.containsKey(name));
                return true;
              }
              part.play(exchange, () -> callback.done(false));
              return false;
            }
          };
        }

        @Override
        public Consumer createConsumer(Processor processor) {
          throw new UnsupportedOperationException("a target is no door");
        }
      };
    }
  }
}
