package io.aigateway.call;

import io.vertx.core.Vertx;
import java.time.Duration;

/** Does something later, on the event loop of a request and without a thread that waits. */
public interface Timers {

  /**
   * Runs {@code action} on the call's context after {@code wait}; may be called on any thread.
   *
   * @return takes it back, on the context; harmless afterwards
   */
  Runnable after(Call call, Duration wait, Runnable action);

  /** On the event loops themselves. */
  static Timers ofEventLoops() {
    return (call, wait, action) -> {
      VertxTimer timer = new VertxTimer(call.request().context(), wait, action);
      if (Vertx.currentContext() == call.request().context()) {
        timer.start();
      } else {
        call.request().context().runOnContext(ignored -> timer.start());
      }
      return timer::cancel;
    };
  }
}
