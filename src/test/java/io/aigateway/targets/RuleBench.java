package io.aigateway.targets;

import io.aigateway.breaker.BreakerProcessorFactory;
import io.aigateway.breaker.Breakers;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Consumer;
import org.apache.camel.Endpoint;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.support.DefaultAsyncProducer;
import org.apache.camel.support.DefaultComponent;
import org.apache.camel.support.DefaultEndpoint;
import org.apache.camel.support.DefaultExchange;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;

/** One rule, written in YAML, over targets {@code target:name} that play what a test says. */
final class RuleBench implements AutoCloseable {

  /** What a target does; it ends the exchange by itself. */
  interface Part {
    void play(Exchange exchange, Runnable end);
  }

  final List<String> asked = new ArrayList<>();
  final DefaultCamelContext context = new DefaultCamelContext();
  final Breakers breakers = new Breakers(System::nanoTime, (name, from, to, why) -> {});
  private final Map<String, Part> parts = new HashMap<>();

  /** With Camel's own steps in place of the gateway's, to compare. */
  static RuleBench stock(String rule) throws Exception {
    return new RuleBench(rule, false);
  }

  static RuleBench of(String rule) throws Exception {
    return new RuleBench(rule, true);
  }

  private RuleBench(String rule, boolean own) throws Exception {
    context.addComponent("target", new Targets());
    if (own) {
      context
          .getCamelContextExtension()
          .addContextPlugin(
              ProcessorFactory.class,
              new TargetProcessorFactory(new BreakerProcessorFactory(breakers, 2, Map.of())));
    }
    String route =
        """
        - route:
            id: rule
            errorHandler: {noErrorHandler: {}}
            from:
              uri: direct:rule
              steps:
        """
            + rule.indent(10);
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

  Exchange exchange() {
    return new DefaultExchange(context);
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
        .process(exchange, doneSync -> ended.complete(exchange));
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
                callback.done(true);
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
