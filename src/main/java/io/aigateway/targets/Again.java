package io.aigateway.targets;

import io.aigateway.call.Call;
import io.aigateway.call.Retries;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.TargetException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Stands around a circuit breaker and asks its provider again, as its file allows: when the failure
 * may pass, no other target of the rule is left, and there is time. Each time is a call of its own
 * for the breaker. Waits without a thread, and not for a caller who has left.
 */
final class Again extends Group {
  private final Tools tools;

  Again(AsyncProcessor breaker, Tools tools) {
    super(List.of(breaker));
    this.tools = tools;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Call call = Call.find(exchange);
    if (call == null || call.isWarmUp()) {
      return targets.get(0).process(exchange, callback);
    }
    Round round = new Round(exchange, call, callback);
    TargetException before = call.takeAgain();
    if (before == null || !round.waits(before)) {
      targets.get(0).process(exchange, round);
    }
    // what a step returns says nothing certain: only its callback does
    return false;
  }

  /** One exchange at one provider. */
  private final class Round implements AsyncCallback {
    private final Exchange exchange;
    private final Call call;
    private final AsyncCallback callback;
    private final @Nullable Object body;
    private int retried;

    Round(Exchange exchange, Call call, AsyncCallback callback) {
      this.exchange = exchange;
      this.call = call;
      this.callback = callback;
      this.body = exchange.getIn().getBody();
    }

    @Override
    public void run() {
      done(false);
    }

    @Override
    public void done(boolean doneSync) {
      if (!(exchange.getException() instanceof TargetException failure) || !waits(failure)) {
        callback.done(false);
      }
    }

    /** True when a wait has begun. */
    boolean waits(TargetException failure) {
      Retries how = call.retries();
      if (retried >= how.times()
          || !failure.mayPass()
          || call.othersLeft() > 0
          || call.isBodySpent()
          || call.asked() >= tools.maxAttempts()) {
        return false;
      }
      Duration wait = how.backoff(retried + 1, tools.random().getAsDouble());
      Duration asked = failure.retryAfter();
      if (asked != null && asked.compareTo(wait) > 0) {
        wait = asked;
      }
      long left = how.within().toNanos() - (tools.nanoClock().getAsLong() - call.startedNanos());
      if (wait.toNanos() >= left) {
        return false;
      }
      retried++;
      new Pause().begin(wait);
      return true;
    }

    private void askAgain() {
      Original.clear(exchange);
      exchange.getIn().setBody(body);
      targets.get(0).process(exchange, this);
    }

    private void gone() {
      exchange.setException(new CallerGoneException());
      callback.done(false);
    }

    /** One wait; the timer and the caller's leaving may race for its end. */
    private final class Pause {
      private final long begunNanos = tools.nanoClock().getAsLong();
      private final AtomicBoolean over = new AtomicBoolean();
      private volatile @Nullable Runnable timer;

      void begin(Duration wait) {
        call.upstream(
            () -> {
              if (ends()) {
                Runnable running = timer;
                if (running != null) {
                  running.run();
                }
                call.request().proceed(Round.this::gone);
              }
            });
        timer =
            tools
                .timers()
                .after(
                    call,
                    wait,
                    () -> {
                      if (ends()) {
                        call.upstream(null);
                        call.request().proceed(Round.this::askAgain);
                      }
                    });
      }

      private boolean ends() {
        if (!over.compareAndSet(false, true)) {
          return false;
        }
        call.waited(tools.nanoClock().getAsLong() - begunNanos);
        return true;
      }
    }
  }
}
