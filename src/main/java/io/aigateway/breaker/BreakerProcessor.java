package io.aigateway.breaker;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Var;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.provider.Answer;
import io.aigateway.provider.ReplyStream;
import io.aigateway.tenant.OwnCredential;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * The {@code circuitBreaker} EIP without a waiting thread: asks for a permit, runs the steps inside
 * on the same exchange, and gives the permit back with the outcome, for a streamed answer when its
 * stream has ended. While open, the exchange fails with a {@link TargetException} of the kind
 * {@link Kind#BREAKER_OPEN}, so that failover goes on.
 *
 * <p>A call with a tenant's own credential for the provider is one for a breaker of its own, but
 * for a person's order to leave the provider alone.
 */
final class BreakerProcessor extends AsyncProcessorSupport
    implements Navigate<Processor>, IdAware, RouteIdAware {
  private final Breaker breaker;
  private final Own own;
  private final AsyncProcessor steps;
  private @Nullable String id;
  private @Nullable String routeId;

  /**
   * What it takes to find the breaker of a tenant's own credential.
   *
   * @param providers that the steps inside call
   */
  record Own(Breakers breakers, List<String> providers, BreakerSettings settings) {}

  BreakerProcessor(Breaker breaker, Own own, AsyncProcessor steps) {
    this.breaker = breaker;
    this.own = own;
    this.steps = steps;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Call known = Call.find(exchange);
    if (known != null && known.isWarmUp()) {
      // its provider is a stand-in, whose health says nothing
      return steps.process(exchange, callback);
    }
    Breaker used = known == null ? breaker : breakerFor(known.caller());
    Breaker.Permit permit = used.acquire();
    if (permit == null) {
      TargetException open =
          new TargetException(
              Kind.BREAKER_OPEN,
              breaker.name(),
              0,
              used == breaker
                  ? "the circuit breaker of " + breaker.name() + " is open"
                  : "the circuit breaker of the tenant's own credential for "
                      + breaker.name()
                      + " is open",
              used.retryAfter());
      if (known != null) {
        Object renamed = Var.MODEL_SENT.get(exchange);
        known.failed(breaker.name(), renamed == null ? known.model() : renamed.toString(), open);
      }
      exchange.setException(open);
      callback.done(true);
      return true;
    }
    return steps.process(
        exchange,
        doneSync -> {
          settle(permit, exchange);
          callback.done(doneSync);
        });
  }

  private Breaker breakerFor(@Nullable Caller caller) {
    if (caller == null || caller.ownCredentials().isEmpty()) {
      return breaker;
    }
    for (String provider : own.providers()) {
      OwnCredential credential = caller.ownCredential(provider);
      if (credential != null) {
        return breaker.state() == Breaker.State.FORCED_OPEN
            ? breaker
            : own.breakers().ofOwn(credential, breaker.name(), own.settings());
      }
    }
    return breaker;
  }

  private static void settle(Breaker.Permit permit, Exchange exchange) {
    Exception failure = exchange.getException();
    if (failure != null) {
      settle(permit, failure);
    } else if (exchange.getMessage().getBody() instanceof Answer.Streamed streamed) {
      streamed.stream().onOutcome(outcome -> settle(permit, outcome));
    } else if (exchange.getMessage().getBody() instanceof Answer.Estimated) {
      permit.release();
    } else {
      permit.success();
    }
  }

  private static void settle(Breaker.Permit permit, Exception failure) {
    if (failure instanceof TargetException target) {
      settle(permit, target);
    } else if (failure instanceof RequestException request) {
      if (request.effect() == BreakerEffect.SUCCESS) {
        permit.success();
      } else {
        permit.release();
      }
    } else if (failure instanceof CallerGoneException) {
      permit.release();
    } else {
      // a fault of the gateway's own says nothing of the provider
      permit.release();
    }
  }

  private static void settle(Breaker.Permit permit, ReplyStream.Outcome outcome) {
    if (outcome instanceof ReplyStream.Outcome.Complete) {
      permit.success();
    } else if (outcome instanceof ReplyStream.Outcome.Failed failed) {
      settle(permit, failed.why());
    } else {
      permit.release();
    }
  }

  private static void settle(Breaker.Permit permit, TargetException why) {
    switch (why.effect()) {
      case SUCCESS -> permit.success();
      case FAILURE -> permit.failure(why.kind().label(), why.retryAfter());
      case OPEN -> permit.fatal(why.kind().label());
      case NONE -> permit.release();
    }
  }

  @Override
  public List<Processor> next() {
    return List.of(steps);
  }

  @Override
  public boolean hasNext() {
    return true;
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
  protected void doInit() {
    ServiceHelper.initService(steps);
  }

  @Override
  protected void doStart() {
    ServiceHelper.startService(steps);
  }

  @Override
  protected void doStop() {
    ServiceHelper.stopService(steps);
  }

  @Override
  protected void doShutdown() {
    ServiceHelper.stopAndShutdownService(steps);
  }

  @Override
  public String toString() {
    return "circuitBreaker[" + breaker.name() + "]";
  }
}
