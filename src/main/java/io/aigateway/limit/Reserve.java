package io.aigateway.limit;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Charges a request to the limits of its tenant and key, once it is known to be one; gives its slot
 * back when its answer has ended. Waits for Redis without a thread.
 */
@InMemory
@RouteStep
public final class Reserve {
  private final Limiter limiter;

  public Reserve(Limiter limiter) {
    this.limiter = limiter;
  }

  /**
   * Lets the request go on within the limits; the body stays as it is.
   *
   * @throws RequestException 429 with the time after which it is worth asking again
   */
  public @Nullable Object request(Exchange exchange) {
    Call call = Call.of(exchange);
    Object body = exchange.getMessage().getBody();
    Caller caller = call.caller();
    if (caller == null || caller.tenantQuota().isNone() && caller.keyQuota().isNone()) {
      return body;
    }
    if (limiter.isLocal()) {
      apply(call, limiter.decide(caller));
      return body;
    }
    CompletableFuture<@Nullable Object> done = new CompletableFuture<>();
    limiter
        .ask(caller)
        .whenComplete(
            (decision, failure) ->
                call.request()
                    .goOn(
                        () -> {
                          try {
                            if (failure != null) {
                              throw new IllegalStateException(failure);
                            }
                            apply(call, decision);
                            done.complete(body);
                          } catch (RuntimeException e) {
                            done.completeExceptionally(e);
                          }
                        }));
    return done;
  }

  private static void apply(Call call, Decision decision) {
    if (decision.limit() >= 0) {
      call.limited(decision.limit(), decision.remaining(), seconds(decision.resetMillis()));
    }
    if (!decision.isGranted()) {
      call.refusedByLimit();
      throw new RequestException(
          new ApiError(
              429,
              "rate_limit_error",
              "rate_limit_exceeded",
              null,
              decision.refusedBy().text(),
              Duration.ofMillis(decision.waitMillis()),
              false));
    }
    if (decision.release() != Decision.NOTHING_HELD) {
      call.request().onClosed(decision.release());
    }
  }

  /** Rounded up: who comes back a moment too early waits twice. */
  private static long seconds(long millis) {
    return Math.max(1, (millis + 999) / 1000);
  }
}
