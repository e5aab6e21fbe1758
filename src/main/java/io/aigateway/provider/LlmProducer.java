package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Var;
import io.aigateway.chat.TokenEstimate;
import io.aigateway.dialect.Operation;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code llm} step: calls one provider once. The body becomes an {@link Answer}; what fails is
 * set as the exchange's exception: a {@link TargetException} when another target may serve, a
 * {@link RequestException} when the caller is at fault. Waits for nothing on the calling thread.
 */
final class LlmProducer extends DefaultAsyncProducer {
  private final Provider provider;
  private final Upstream upstream;
  private final LlmComponent.Limits limits;

  LlmProducer(
      LlmEndpoint endpoint, Provider provider, Upstream upstream, LlmComponent.Limits limits) {
    super(endpoint);
    this.provider = provider;
    this.upstream = upstream;
    this.limits = limits;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Call call = Call.of(exchange);
    Object renamed = Var.MODEL_SENT.get(exchange);
    String model = renamed == null ? call.model() : renamed.toString();
    RuntimeException refused = refusal(call, model);
    if (refused == null) {
      try {
        if (call.operation() == Operation.COUNT_TOKENS && !upstream.counts(call)) {
          Answer estimated = new Answer.Estimated(TokenEstimate.of(call.parsed()));
          call.answered(provider.name(), model);
          exchange.getMessage().setBody(estimated);
          callback.done(true);
          return true;
        }
        upstream.call(call, model, new Outcome(exchange, call, model, callback));
        return false;
      } catch (RequestException e) {
        refused = e;
      }
    }
    if (refused instanceof TargetException target) {
      call.failed(provider.name(), model, target);
    }
    exchange.setException(refused);
    callback.done(true);
    return true;
  }

  private @Nullable RuntimeException refusal(Call call, String model) {
    Caller caller = call.caller();
    if (caller != null && !caller.models().allowsCalling(provider.name(), model)) {
      return new TargetException(
          Kind.NOT_ALLOWED,
          provider.name(),
          "the tenant may not call " + model + " of " + provider.name());
    }
    if (!provider.configured() && !call.isWarmUp()) {
      return new TargetException(
          Kind.NOT_CONFIGURED,
          provider.name(),
          "the provider " + provider.name() + " is not configured");
    }
    if (call.asked() >= limits.maxAttempts()) {
      return new TargetException(Kind.NO_ATTEMPT_LEFT, provider.name(), "no attempt left");
    }
    if (call.isBodySpent()) {
      return new TargetException(
          Kind.NO_ATTEMPT_LEFT, provider.name(), "the body can't be sent again");
    }
    if (call.request().isGone()) {
      return new CallerGoneException();
    }
    return null;
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    upstream.close();
  }

  /** Goes on with the route when the provider has answered or failed. */
  private final class Outcome implements Upstream.Listener {
    private final Exchange exchange;
    private final Call call;
    private final String model;
    private final AsyncCallback callback;

    Outcome(Exchange exchange, Call call, String model, AsyncCallback callback) {
      this.exchange = exchange;
      this.call = call;
      this.model = model;
      this.callback = callback;
    }

    @Override
    public void answered(Answer answer) {
      if (!(answer instanceof Answer.Streamed)) {
        call.upstream(null);
      }
      call.answered(provider.name(), model);
      exchange.getMessage().setBody(answer);
      call.request().proceed(() -> callback.done(false));
    }

    @Override
    public void failed(RuntimeException why) {
      call.upstream(null);
      if (why instanceof TargetException target) {
        call.failed(provider.name(), model, target);
      } else if (why instanceof RequestException request) {
        call.refused(provider.name(), model, request.error().status());
      }
      exchange.setException(why);
      call.request().proceed(() -> callback.done(false));
    }
  }
}
