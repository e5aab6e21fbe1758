package io.aigateway.call;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Timers that go off when a test says so. */
public final class HandTimers implements Timers {
  /** One that was set. */
  public static final class Timer {
    public final Duration wait;
    private final Runnable action;
    public boolean takenBack;

    Timer(Duration wait, Runnable action) {
      this.wait = wait;
      this.action = action;
    }

    public void goOff() {
      if (!takenBack) {
        takenBack = true;
        action.run();
      }
    }
  }

  public final List<Timer> set = new ArrayList<>();

  @Override
  public Runnable after(Call call, Duration wait, Runnable action) {
    Timer timer = new Timer(wait, action);
    set.add(timer);
    return () -> timer.takenBack = true;
  }

  public Timer last() {
    return set.get(set.size() - 1);
  }
}
