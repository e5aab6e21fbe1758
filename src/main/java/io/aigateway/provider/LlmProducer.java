package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.Retries;
import io.aigateway.call.Var;
import io.aigateway.chat.TokenEstimate;
import io.aigateway.dialect.Operation;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.tenant.OwnCredential;
import java.time.Duration;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.support.DefaultAsyncProducer;
import org.jspecify.annotations.Nullable;

/**
 * The {@code llm} step: calls one provider once, or once with each of its credentials that it
 * throttles or refuses; with the tenant's own credential where it has one, and then with no other.
 * The body becomes an {@link Answer}; what fails is set as the exchange's exception: a {@link
 * TargetException} when another target may serve, a {@link RequestException} when the caller is at
 * fault. Waits for nothing on the calling thread.
 */
final class LlmProducer extends DefaultAsyncProducer {
  /** For a call that found no place; the queue moves on all the time. */
  private static final Duration BUSY_RETRY = Duration.ofSeconds(1);

  private final Provider provider;
  private final CredentialPool credentials;
  private final @Nullable Gate gate;
  private final Retries retries;
  private final LlmComponent.Limits limits;

  /**
   * @param gate null when there is no limit of calls under way
   */
  LlmProducer(
      LlmEndpoint endpoint,
      Provider provider,
      CredentialPool credentials,
      @Nullable Gate gate,
      Retries retries,
      LlmComponent.Limits limits) {
    super(endpoint);
    this.provider = provider;
    this.credentials = credentials;
    this.gate = gate;
    this.retries = retries;
    this.limits = limits;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Call call = Call.of(exchange);
    Object renamed = Var.MODEL_SENT.get(exchange);
    String model = renamed == null ? call.model() : renamed.toString();
    RuntimeException refused = refusal(call, model);
    if (refused == null) {
      if (call.operation() == Operation.COUNT_TOKENS && !credentials.any().counts(call)) {
        try {
          Answer estimated = new Answer.Estimated(TokenEstimate.of(call.parsed()));
          call.answered(provider.name(), model);
          exchange.getMessage().setBody(estimated);
        } catch (RequestException e) {
          exchange.setException(e);
        }
        callback.done(true);
        return true;
      }
      return new Ask(exchange, call, model, callback).begin();
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
    OwnCredential own = call.ownCredential(provider.name());
    if (own != null && !own.isReadable()) {
      return new TargetException(
          Kind.NOT_CONFIGURED,
          provider.name(),
          "the tenant's own credential for " + provider.name() + " can't be read");
    }
    if (!call.isWarmUp() && !(own == null ? provider.configured() : provider.takesOwn())) {
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
    if (call.isGone()) {
      return new CallerGoneException();
    }
    return null;
  }

  @Override
  protected void doStop() throws Exception {
    super.doStop();
    credentials.close();
  }

  /** One request on its way to the provider and back. */
  private final class Ask implements Upstream.Listener, Gate.Guest {
    private final Exchange exchange;
    private final Call call;
    private final String model;
    private final AsyncCallback callback;
    private @Nullable Runnable leave;
    private final @Nullable OwnCredential own;
    private CredentialPool.@Nullable Lease lease;
    private int used;

    Ask(Exchange exchange, Call call, String model, AsyncCallback callback) {
      this.exchange = exchange;
      this.call = call;
      this.model = model;
      this.callback = callback;
      this.own = call.ownCredential(provider.name());
    }

    /** True when it ended at once. */
    boolean begin() {
      if (gate == null || call.isWarmUp()) {
        RuntimeException refused = send();
        if (refused == null) {
          return false;
        }
        record(refused);
        exchange.setException(refused);
        callback.done(true);
        return true;
      }
      gate.enter(call, this);
      return false;
    }

    @Override
    public void entered(Runnable whenOver) {
      leave = whenOver;
      RuntimeException refused = call.isGone() ? new CallerGoneException() : send();
      if (refused != null) {
        end(refused);
      }
    }

    @Override
    public void turnedAway(String why) {
      end(
          new TargetException(
              Kind.BUSY,
              provider.name(),
              0,
              "the provider " + provider.name() + " is busy: " + why,
              BUSY_RETRY));
    }

    @Override
    public void gone() {
      end(new CallerGoneException());
    }

    /** Asks with the next credential; gives what is in the way, or null when it is under way. */
    private @Nullable RuntimeException send() {
      CredentialPool.Lease next = own == null ? credentials.next(used) : credentials.own(own);
      if (next == null) {
        return new TargetException(
            Kind.BREAKER_OPEN,
            provider.name(),
            0,
            "every credential of " + provider.name() + " is left alone for a while",
            credentials.usableIn());
      }
      if (!call.takeAttempt(limits.maxAttempts(), provider.name())) {
        release(next);
        return new TargetException(Kind.NO_ATTEMPT_LEFT, provider.name(), "no attempt left");
      }
      used |= next.bit();
      lease = next;
      call.retries(retries);
      try {
        next.upstream().call(call, model, this);
        return null;
      } catch (RequestException e) {
        call.giveAttemptBack();
        release(next);
        return e;
      }
    }

    @Override
    public void answered(Answer answer) {
      if (answer instanceof Answer.Streamed streamed) {
        if (leave != null) {
          Runnable whenOver = leave;
          streamed.stream().onOutcome(outcome -> whenOver.run());
        }
      } else {
        call.upstream(null);
        left();
      }
      CredentialGuard.Use use = use();
      if (use != null) {
        use.served();
      }
      call.answered(provider.name(), model);
      exchange.getMessage().setBody(answer);
      call.request().proceed(() -> callback.done(false));
    }

    @Override
    public void failed(RuntimeException failure) {
      RuntimeException why =
          own != null && failure instanceof TargetException target
              ? target.ofOwnCredential()
              : failure;
      call.upstream(null);
      if (why instanceof RequestException request) {
        call.refused(provider.name(), model, request.error().status());
      } else {
        record(why);
      }
      CredentialGuard.Use use = use();
      if (use == null) {
        finish(why);
      } else if (!(why instanceof TargetException target)) {
        use.release();
        finish(why);
      } else if (settle(use, target)) {
        further(target);
      } else {
        finish(why);
      }
    }

    /** Asks with another credential, since that one can't be used. */
    private void further(TargetException why) {
      RuntimeException refused = call.isGone() ? new CallerGoneException() : send();
      if (refused instanceof TargetException none) {
        // what the last credential was told is the answer
        finish(why.ofOneCredential(none.kind() == Kind.BREAKER_OPEN ? none.retryAfter() : null));
      } else if (refused != null) {
        finish(refused);
      }
    }

    /** Tells the credential's guard; true when another credential may do better. */
    private boolean settle(CredentialGuard.Use use, TargetException target) {
      switch (target.kind()) {
        case RATE_LIMITED -> use.throttled(target.retryAfter());
        case UNAUTHORIZED -> use.refused();
        case FORBIDDEN -> use.release();
        default -> {
          use.release();
          return false;
        }
      }
      return true;
    }

    private CredentialGuard.@Nullable Use use() {
      CredentialPool.Lease held = lease;
      lease = null;
      return held == null ? null : held.use();
    }

    private void release(CredentialPool.Lease unused) {
      if (unused.use() != null) {
        unused.use().release();
      }
    }

    private void record(RuntimeException why) {
      if (why instanceof TargetException target) {
        call.failed(provider.name(), model, target);
      }
    }

    private void end(RuntimeException why) {
      record(why);
      finish(why);
    }

    private void finish(RuntimeException why) {
      left();
      exchange.setException(why);
      call.request().proceed(() -> callback.done(false));
    }

    /** The call is over; the next one may come. */
    private void left() {
      if (leave != null) {
        leave.run();
      }
    }
  }
}
