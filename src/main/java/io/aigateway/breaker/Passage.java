package io.aigateway.breaker;

import io.aigateway.call.Call;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.provider.Answer;
import io.aigateway.provider.ReplyStream;
import io.aigateway.tenant.OwnCredential;
import java.util.function.Consumer;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * One exchange behind a breaker: gives the permit back with what became of the call. A breaker
 * hears only of calls with its own kind of credential: that of all tenants of none with a tenant's
 * own, that of a tenant's own of no other; such a call counts as nothing.
 */
final class Passage implements AsyncCallback {
  private final Breaker.Permit permit;
  private final @Nullable OwnCredential credential;
  private final Exchange exchange;
  private final @Nullable Call call;
  private final AsyncCallback callback;

  /**
   * @param credential whose breaker it is; null for that of all tenants
   * @param call null for an exchange that has none
   */
  Passage(
      Breaker.Permit permit,
      @Nullable OwnCredential credential,
      Exchange exchange,
      @Nullable Call call,
      AsyncCallback callback) {
    this.permit = permit;
    this.credential = credential;
    this.exchange = exchange;
    this.call = call;
    this.callback = callback;
  }

  @Override
  public void run() {
    done(false);
  }

  @Override
  public void done(boolean doneSync) {
    settle();
    callback.done(doneSync);
  }

  private void settle() {
    Exception failure = exchange.getException();
    if (failure instanceof TargetException target) {
      failed(permit, target, counts(target.provider()));
    } else if (failure instanceof RequestException request) {
      served(permit, request.effect() == BreakerEffect.SUCCESS && countsAnswer());
    } else if (failure != null) {
      // the caller left, or a fault of the gateway's own: nothing of the provider
      permit.release();
    } else if (exchange.getMessage().getBody() instanceof Answer.Streamed streamed) {
      streamed.stream().onOutcome(ending(permit, countsAnswer()));
    } else {
      served(
          permit, !(exchange.getMessage().getBody() instanceof Answer.Estimated) && countsAnswer());
    }
  }

  /** For the end of a stream, for which nothing of the exchange is kept. */
  private static Consumer<ReplyStream.Outcome> ending(Breaker.Permit permit, boolean counts) {
    return outcome -> {
      if (outcome instanceof ReplyStream.Outcome.Failed failed) {
        failed(permit, failed.why(), counts);
      } else {
        served(permit, outcome instanceof ReplyStream.Outcome.Complete && counts);
      }
    };
  }

  private static void served(Breaker.Permit permit, boolean counts) {
    if (counts) {
      permit.success();
    } else {
      permit.release();
    }
  }

  private static void failed(Breaker.Permit permit, TargetException why, boolean counts) {
    switch (counts ? why.effect() : BreakerEffect.NONE) {
      case SUCCESS -> permit.success();
      case FAILURE -> permit.failure(why.kind().label(), why.retryAfter());
      case OPEN -> permit.fatal(why.kind().label());
      case NONE -> permit.release();
    }
  }

  private boolean countsAnswer() {
    return counts(call == null ? null : call.answeredBy());
  }

  /** Whether this provider was called with the credential whose breaker it is. */
  private boolean counts(@Nullable String provider) {
    return (call == null || provider == null ? null : call.ownCredential(provider)) == credential;
  }
}
