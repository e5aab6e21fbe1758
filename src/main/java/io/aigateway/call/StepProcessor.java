package io.aigateway.call;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.AsyncProcessorSupport;
import org.jspecify.annotations.Nullable;

/**
 * One step of a route: a method of a bean, called as such. What it returns becomes the body; a
 * {@link CompletionStage} is waited for without a thread; what it throws is the exchange's
 * exception.
 */
@InMemory
final class StepProcessor extends AsyncProcessorSupport implements IdAware, RouteIdAware {

  /** A step that leaves the body as it is. */
  interface Action {
    void take(Object bean, Exchange exchange) throws Exception;
  }

  /** A step that makes a body. */
  interface Maker {
    @Nullable Object take(Object bean, Exchange exchange) throws Exception;
  }

  private final String name;
  private final Object bean;
  private final @Nullable Action action;
  private final @Nullable Maker maker;
  private @Nullable String id;
  private @Nullable String routeId;

  private StepProcessor(String name, Object bean, @Nullable Action action, @Nullable Maker maker) {
    this.name = name;
    this.bean = bean;
    this.action = action;
    this.maker = maker;
  }

  static StepProcessor doing(String name, Object bean, Action action) {
    return new StepProcessor(name, bean, action, null);
  }

  static StepProcessor making(String name, Object bean, Maker maker) {
    return new StepProcessor(name, bean, null, maker);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    try {
      if (action != null) {
        action.take(bean, exchange);
      } else if (maker != null) {
        Object made = maker.take(bean, exchange);
        if (made instanceof CompletionStage<?> stage) {
          return await(stage.toCompletableFuture(), exchange, callback);
        }
        exchange.getMessage().setBody(made);
      }
    } catch (Exception e) {
      exchange.setException(e);
    }
    callback.done(true);
    return true;
  }

  private static boolean await(
      CompletableFuture<?> made, Exchange exchange, AsyncCallback callback) {
    boolean now = made.isDone();
    made.whenComplete(
        (body, failure) -> {
          if (failure == null) {
            exchange.getMessage().setBody(body);
          } else {
            exchange.setException(
                failure instanceof CompletionException && failure.getCause() != null
                    ? failure.getCause()
                    : failure);
          }
          callback.done(now);
        });
    return now;
  }

  @Override
  public @Nullable String getId() {
    return id;
  }

  @Override
  public void setId(String id) {
    this.id = id;
  }

  @Override
  public @Nullable String getRouteId() {
    return routeId;
  }

  @Override
  public void setRouteId(String routeId) {
    this.routeId = routeId;
  }

  @Override
  public String toString() {
    return "step[" + name + "]";
  }
}
