package io.aigateway.targets;

import io.aigateway.call.Attempt;
import io.aigateway.call.Call;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Asks one target after the other until one serves, on the exchange itself: nothing is copied, no
 * thread waits, and a failed attempt is undone before the next.
 *
 * <p>Nobody is asked twice, but for the last one that was asked when those after it could not be.
 */
final class Failover extends Group {
  private final Order order;
  private final Passable passable;
  private final int last;
  private final LongSupplier clock;

  /**
   * @param most how many targets may follow the first
   * @param clock monotonic, nanoseconds
   */
  Failover(
      List<AsyncProcessor> targets, Order order, Passable passable, int most, LongSupplier clock) {
    super(targets);
    this.order = order;
    this.passable = passable;
    this.last = Math.min(most, targets.size() - 1);
    this.clock = clock;
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    if (targets.size() == 1) {
      return targets.get(0).process(exchange, callback);
    }
    new Round(exchange, callback, order.of(exchange)).ask();
    // what a target returns says nothing certain: only its callback does
    return false;
  }

  /** One exchange on its way along the targets. */
  private final class Round implements AsyncCallback {
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final int[] positions;
    private final Original original;
    private final @Nullable Call call;
    private final int othersAround;
    private int next;
    private int position;
    private long begunNanos;
    private int attemptsSeen;
    private int askedLast = -1;
    private @Nullable TargetException failedLast;
    private @Nullable RequestException refused;
    private boolean again;

    Round(Exchange exchange, AsyncCallback callback, int[] positions) {
      this.exchange = exchange;
      this.callback = callback;
      this.positions = positions;
      this.position = positions[0];
      this.original = new Original(exchange);
      this.call = Call.find(exchange);
      this.othersAround = call == null ? 0 : call.othersLeft();
    }

    void ask() {
      if (call != null) {
        call.othersLeft(othersAround + last - next);
        attemptsSeen = call.attempts().size();
      }
      if (order.isTimed()) {
        begunNanos = clock.getAsLong();
      }
      targets.get(position).process(exchange, this);
    }

    @Override
    public void run() {
      done(false);
    }

    @Override
    public void done(boolean doneSync) {
      if (goesOn()) {
        ask();
      } else {
        callback.done(false);
      }
    }

    /** Whether another target is to be asked, for which all is made ready. */
    private boolean goesOn() {
      Exception failure = exchange.getException();
      boolean passes = failure != null && passable.matches(exchange);
      if (order.isTimed()) {
        tell(failure);
      } else if (failure == null) {
        order.served(position);
      }
      if (!passes) {
        return over();
      }
      remember(failure);
      if (exchange.getContext().getShutdownStrategy().isForceShutdown()) {
        exchange.setException(new RejectedExecutionException("the gateway stops"));
        return over();
      }
      if (next < last) {
        next++;
        position = positions[next];
        original.restore();
        return true;
      }
      if (mayAskAgain()) {
        again = true;
        position = askedLast;
        original.restore();
        call.again(failedLast);
        return true;
      }
      if (refused != null && !isTemporary(failure)) {
        exchange.setException(refused);
      }
      return over();
    }

    private boolean over() {
      if (call != null) {
        call.othersLeft(othersAround);
      }
      return false;
    }

    private void tell(@Nullable Exception failure) {
      boolean asked = call == null || call.attempts().size() > attemptsSeen && askedSince() != null;
      if (failure == null || asked && failure instanceof TargetException) {
        order.ended(position, exchange, clock.getAsLong() - begunNanos, failure == null);
      }
    }

    private void remember(@Nullable Exception failure) {
      if (failure instanceof RequestException request) {
        refused = request;
      }
      TargetException asked = askedSince();
      if (asked != null) {
        askedLast = position;
        failedLast = asked;
      }
    }

    /** Why the provider that this target asked last did not serve; null when it asked none. */
    private @Nullable TargetException askedSince() {
      if (call == null) {
        return null;
      }
      List<Attempt> attempts = call.attempts();
      for (int i = attempts.size() - 1; i >= attemptsSeen; i--) {
        TargetException failure = attempts.get(i).failure();
        if (failure != null && failure.wasAsked()) {
          return failure;
        }
      }
      return null;
    }

    /** The others could not be asked at all: the one that could is the only one of the rule. */
    private boolean mayAskAgain() {
      return !again
          && call != null
          && failedLast != null
          && askedLast != position
          && othersAround == 0
          && failedLast.mayPass()
          && call.retries().times() > 0
          && !call.isBodySpent();
    }
  }

  /** Whether the same request may be served later: then the caller had better come back. */
  private static boolean isTemporary(@Nullable Exception failure) {
    return failure instanceof TargetException target
        && target.kind() != TargetException.Kind.NOT_CONFIGURED
        && target.kind() != TargetException.Kind.NOT_ALLOWED
        && target.kind() != TargetException.Kind.NO_ATTEMPT_LEFT;
  }
}
