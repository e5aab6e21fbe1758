package io.aigateway.breaker;

import io.aigateway.call.Call;
import io.aigateway.call.Var;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
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
 * for a person's order to leave the provider alone. Where the steps may call several providers the
 * credential is known only afterwards: the breaker of all tenants lets such a call through or not,
 * and doesn't count it.
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
   * @param provider the only one that the steps inside call; null when that is not known
   */
  record Own(Breakers breakers, @Nullable String provider, BreakerSettings settings) {}

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
    OwnCredential credential = credential(known);
    Breaker used =
        credential == null
            ? breaker
            : own.breakers().ofOwn(credential, breaker.name(), own.settings());
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
    return steps.process(exchange, new Passage(permit, credential, exchange, known, callback));
  }

  /** The tenant's own credential whose breaker is asked, or null for the one of all tenants. */
  private @Nullable OwnCredential credential(@Nullable Call call) {
    String provider = own.provider();
    if (call == null || provider == null) {
      return null;
    }
    OwnCredential credential = call.ownCredential(provider);
    return credential == null || breaker.state() == Breaker.State.FORCED_OPEN ? null : credential;
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
