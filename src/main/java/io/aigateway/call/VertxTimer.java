package io.aigateway.call;

import io.vertx.core.Context;
import java.time.Duration;

/** One timer of an event loop; everything on its context. */
final class VertxTimer {
  private final Context context;
  private final long millis;
  private final Runnable action;
  private long id = -1;
  private boolean over;

  VertxTimer(Context context, Duration wait, Runnable action) {
    this.context = context;
    this.millis = Math.max(1, wait.toMillis());
    this.action = action;
  }

  void start() {
    if (!over) {
      id = context.owner().setTimer(millis, ignored -> fire());
    }
  }

  private void fire() {
    if (!over) {
      over = true;
      action.run();
    }
  }

  void cancel() {
    over = true;
    if (id >= 0) {
      context.owner().cancelTimer(id);
    }
  }
}
