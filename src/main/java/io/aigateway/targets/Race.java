package io.aigateway.targets;

import io.aigateway.call.Call;
import io.aigateway.call.Var;
import io.aigateway.error.CallerGoneException;
import io.aigateway.provider.Answer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.support.ExchangeHelper;
import org.jspecify.annotations.Nullable;

/**
 * Asks the first target, and the second one too when the first has not begun to answer after a
 * while or has failed; the first content wins. Each target works on a copy of the exchange with a
 * view of its own of the call. A loser's call is ended at once, and what it cost is counted apart.
 *
 * <p>At most two targets are at work at one time. A body that is not held whole is sent to one
 * target after the other.
 */
final class Race extends Group {
  private final Duration delay;
  private final Passable passable;
  private final Tools tools;
  private final Failover oneByOne;

  Race(List<AsyncProcessor> targets, Duration delay, Passable passable, Tools tools) {
    super(targets);
    this.delay = delay;
    this.passable = passable;
    this.tools = tools;
    this.oneByOne = Chooser.inOrder(targets, Order.written(targets.size()), passable, tools);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Call call = Call.find(exchange);
    if (call == null || call.isWarmUp() || call.rest() != null) {
      return oneByOne.process(exchange, callback);
    }
    new Run(exchange, call, callback).begin();
    return false;
  }

  /** One target at work for one request, on its copy of the exchange. */
  private record Runner(AsyncProcessor target, Exchange exchange, Call call) {}

  /** One request. Its targets may end on different threads: what changes does so under its lock. */
  private final class Run {
    private final Exchange exchange;
    private final Call call;
    private final AsyncCallback callback;
    private final int othersAround;
    private final List<Runner> atWork = new ArrayList<>(2);
    private final List<Call> failed = new ArrayList<>(2);
    private @Nullable Runnable timer;
    private int next;
    private boolean sideBySide;
    private boolean over;
    private boolean left;

    Run(Exchange exchange, Call call, AsyncCallback callback) {
      this.exchange = exchange;
      this.call = call;
      this.callback = callback;
      this.othersAround = call.othersLeft();
    }

    void begin() {
      call.upstream(this::callerLeft);
      another();
    }

    /** Asks one more target, if there is one to ask. */
    private void another() {
      Runner runner;
      synchronized (this) {
        runner = prepared();
      }
      if (runner != null) {
        runner.target().process(runner.exchange(), doneSync -> ended(runner));
      }
    }

    private @Nullable Runner prepared() {
      if (over || next >= targets.size() || atWork.size() > 1) {
        return null;
      }
      Exchange copy = ExchangeHelper.createCorrelatedCopy(exchange, false);
      Call view = call.branch();
      // nobody is asked twice while another one is at work
      view.othersLeft(othersAround + 1);
      Var.CALL.set(copy, view);
      Runner runner = new Runner(targets.get(next), copy, view);
      sideBySide |= !atWork.isEmpty();
      atWork.add(runner);
      next++;
      stopTimer();
      if (atWork.size() == 1 && next < targets.size()) {
        timer = tools.timers().after(call, delay, () -> call.request().proceed(this::another));
      }
      return runner;
    }

    private void ended(Runner runner) {
      boolean lost;
      boolean goesOn = false;
      List<Runner> losers = List.of();
      synchronized (this) {
        atWork.remove(runner);
        lost = over;
        if (!lost) {
          goesOn =
              passable.matches(runner.exchange()) && (next < targets.size() || !atWork.isEmpty());
          if (goesOn) {
            failed.add(runner.call());
          } else {
            over = true;
            stopTimer();
            losers = List.copyOf(atWork);
          }
        }
      }
      if (lost) {
        lost(runner);
      } else if (goesOn) {
        another();
      } else {
        finish(runner, losers);
      }
    }

    private void finish(Runner winner, List<Runner> losers) {
      losers.forEach(loser -> loser.call().abandon());
      call.upstream(null);
      call.adopt(winner.call(), failed);
      call.othersLeft(othersAround);
      take(winner.exchange());
      if (sideBySide && exchange.getException() == null) {
        tools.metrics().hedgeWon(winner.call());
      }
      callback.done(false);
    }

    /** Leaves on the exchange what the target would have left there. */
    private void take(Exchange from) {
      for (Var variable : Var.values()) {
        Object value = variable.get(from);
        if (variable != Var.CALL && value != null) {
          variable.set(exchange, value);
        }
      }
      if (from.getMessage().hasHeaders()) {
        exchange.getMessage().setHeaders(from.getMessage().getHeaders());
      }
      exchange.getMessage().setBody(from.getMessage().getBody());
      exchange.setRouteStop(from.isRouteStop());
      exchange.setException(from.getException());
    }

    /** A target's call has come to its end after the race. */
    private void lost(Runner loser) {
      if (loser.exchange().getException() == null
          && loser.exchange().getMessage().getBody() instanceof Answer.Streamed streamed) {
        call.request().context().runOnContext(ignored -> streamed.stream().cancel());
      }
      if (!left) {
        tools.metrics().hedgeLost(loser.call());
      }
    }

    private void callerLeft() {
      List<Runner> all;
      synchronized (this) {
        if (over) {
          return;
        }
        over = true;
        left = true;
        stopTimer();
        all = List.copyOf(atWork);
      }
      all.forEach(runner -> runner.call().abandon());
      exchange.setException(new CallerGoneException());
      call.othersLeft(othersAround);
      call.request().proceed(() -> callback.done(false));
    }

    private void stopTimer() {
      Runnable running = timer;
      timer = null;
      if (running != null) {
        running.run();
      }
    }
  }
}
