package io.aigateway.edge;

import io.aigateway.error.CallerGoneException;
import io.aigateway.http.HttpAnswer;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerRequest;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Collectors;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangePattern;
import org.apache.camel.Message;
import org.apache.camel.Processor;
import org.apache.camel.Route;
import org.apache.camel.Suspendable;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.support.DefaultConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One door: hands requests for its path to its route, and answers with what the route leaves in the
 * message. Suspended, it lets requests under way finish and takes no new ones.
 */
final class GatewayConsumer extends DefaultConsumer implements PlatformHttpConsumer, Suspendable {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayConsumer.class);

  private final GatewayEngine engine;
  private final AsyncProcessor route;
  private volatile BlockingSteps.@Nullable Verdict verdict;

  GatewayConsumer(GatewayEngine engine, PlatformHttpEndpoint endpoint, Processor processor) {
    super(endpoint, processor);
    this.engine = engine;
    this.route = getAsyncProcessor();
  }

  @Override
  public PlatformHttpEndpoint getEndpoint() {
    return (PlatformHttpEndpoint) super.getEndpoint();
  }

  @Override
  protected void doStart() throws Exception {
    super.doStart();
    open();
  }

  @Override
  protected void doResume() throws Exception {
    open();
    super.doResume();
  }

  @Override
  protected void doSuspend() throws Exception {
    engine.routing().close(this);
    super.doSuspend();
  }

  @Override
  protected void doStop() throws Exception {
    engine.routing().close(this);
    super.doStop();
  }

  private void open() {
    String restrict = getEndpoint().getHttpMethodRestrict();
    Set<String> methods =
        restrict == null
            ? Set.of()
            : Arrays.stream(restrict.split(","))
                .map(method -> method.trim().toUpperCase(Locale.ROOT))
                .collect(Collectors.toSet());
    engine
        .routing()
        .open(getEndpoint().getPath(), getEndpoint().isMatchOnUriPrefix(), methods, this);
  }

  /** Looked up once; all routes must have been built. */
  BlockingSteps.Verdict verdict() {
    BlockingSteps.Verdict known = verdict;
    if (known == null) {
      known = BlockingSteps.of(getEndpoint().getCamelContext(), getEndpoint());
      verdict = known;
    }
    return known;
  }

  /** The route behind this door. */
  String routeId() {
    return getEndpoint().getCamelContext().getRoutes().stream()
        .filter(each -> each.getEndpoint() == getEndpoint())
        .map(Route::getRouteId)
        .findFirst()
        .orElse("?");
  }

  /** Serves one request; on its event loop. */
  void serve(HttpServerRequest http, Context context) {
    Executor executor = engine.executorFor(verdict());
    VertxCallerRequest request = new VertxCallerRequest(http, context, engine.routing(), executor);
    AnswerWriter writer = new AnswerWriter(http, request, engine);
    writer.watch();
    Exchange exchange = createExchange(false);
    exchange.setPattern(ExchangePattern.InOut);
    Message message = new CallerMessage(exchange.getContext(), http.headers());
    exchange.setIn(message);
    message.setBody(request);
    if (executor == null) {
      run(exchange, writer, context);
    } else {
      executor.execute(() -> run(exchange, writer, context));
    }
    request.holdBody();
  }

  private void run(Exchange exchange, AnswerWriter writer, Context context) {
    route.process(
        exchange,
        doneSync -> {
          if (Vertx.currentContext() == context) {
            answer(exchange, writer);
          } else {
            context.runOnContext(ignored -> answer(exchange, writer));
          }
        });
  }

  private void answer(Exchange exchange, AnswerWriter writer) {
    try {
      Exception failure = exchange.getException();
      Object body = exchange.getMessage().getBody();
      if (failure == null && body instanceof HttpAnswer answer) {
        writer.write(answer);
      } else if (failure instanceof CallerGoneException) {
        writer.nobody();
      } else {
        LOG.error(
            "route {} left no answer but {}",
            exchange.getFromRouteId(),
            body == null ? "nothing" : body.getClass().getSimpleName(),
            failure);
        writer.write(Faults.internal());
      }
    } finally {
      releaseExchange(exchange, false);
    }
  }
}
