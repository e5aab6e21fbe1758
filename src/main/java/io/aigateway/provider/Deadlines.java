package io.aigateway.provider;

import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Which calls have run out of time? One look at all calls of an event loop every {@link
 * #TICK_MILLIS}, instead of a timer for each call: timers cost more than the look. A list belongs
 * to its event loop and needs no lock.
 */
final class Deadlines {
  /** How late a time limit may be noticed. */
  static final long TICK_MILLIS = 50;

  /** Something with a time limit. */
  abstract static class Entry {
    private int position = -1;
    private @Nullable Loop loop;

    /** The monotonic clock at which it is over; asked at every look. */
    abstract long deadlineNanos();

    /** It is over; the entry has been removed. */
    abstract void expired();

    /** It needs no watching any more; on its event loop. */
    final void done() {
      if (loop != null) {
        loop.remove(this);
      }
    }
  }

  private final Map<Thread, Loop> loops = new ConcurrentHashMap<>();
  private final LongSupplier clock;

  Deadlines(LongSupplier clock) {
    this.clock = clock;
  }

  /** Watches {@code entry} from now on; on its event loop. */
  void watch(Context context, Entry entry) {
    Thread thread = Thread.currentThread();
    Loop loop = loops.get(thread);
    if (loop == null) {
      loop = loops.computeIfAbsent(thread, first -> new Loop(context.owner()));
    }
    loop.add(entry);
  }

  private final class Loop {
    private final Vertx vertx;
    private final List<Entry> entries = new ArrayList<>();
    private boolean ticking;

    Loop(Vertx vertx) {
      this.vertx = vertx;
    }

    void add(Entry entry) {
      entry.loop = this;
      entry.position = entries.size();
      entries.add(entry);
      if (!ticking) {
        ticking = true;
        vertx.setTimer(TICK_MILLIS, ignored -> tick());
      }
    }

    /** The last one takes the place of the one that goes. */
    void remove(Entry entry) {
      int position = entry.position;
      if (position < 0) {
        return;
      }
      int end = entries.size() - 1;
      Entry moved = entries.remove(end);
      if (moved != entry) {
        entries.set(position, moved);
        moved.position = position;
      }
      entry.position = -1;
      entry.loop = null;
    }

    private void tick() {
      long now = clock.getAsLong();
      // backwards: an entry that goes is replaced by one that has been looked at
      for (int i = entries.size() - 1; i >= 0; i--) {
        if (i < entries.size()) {
          Entry entry = entries.get(i);
          if (entry.deadlineNanos() - now <= 0) {
            remove(entry);
            entry.expired();
          }
        }
      }
      ticking = !entries.isEmpty();
      if (ticking) {
        vertx.setTimer(TICK_MILLIS, ignored -> tick());
      }
    }
  }
}
