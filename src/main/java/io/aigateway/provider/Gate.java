package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.call.Timers;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How many calls may a provider have under way? Those above the limit wait in a queue, first come,
 * first served, for a while and without a thread. For all threads; the lock is held for moments.
 */
public final class Gate {
  private final LongSupplier clock;
  private final Timers timers;
  private final Deque<Waiter> queue = new ArrayDeque<>();
  private GateSettings settings;
  private int inside;

  /** Who wants to come in. Exactly one of these is called, once. */
  interface Guest {
    /** It may call; {@code leave} must be run when the call is over. */
    void entered(Runnable leave);

    /** It may not: the queue is full, or it has waited long enough. */
    void turnedAway(String why);

    /** Its caller left while it waited. */
    void gone();
  }

  /**
   * @param clock monotonic, nanoseconds
   */
  Gate(GateSettings settings, LongSupplier clock, Timers timers) {
    this.settings = settings;
    this.clock = clock;
    this.timers = timers;
  }

  /** Other numbers from now on; who is inside or waits stays. */
  void configure(GateSettings next) {
    synchronized (this) {
      settings = next;
    }
    for (Waiter first = nextInside(); first != null; first = nextInside()) {
      first.letIn();
    }
  }

  /** How many calls are under way. */
  public int inside() {
    synchronized (this) {
      return inside;
    }
  }

  /** How many wait. */
  public int waiting() {
    synchronized (this) {
      return queue.size();
    }
  }

  /** Lets a call in, now or later. */
  void enter(Call call, Guest guest) {
    if (tryEnter()) {
      guest.entered(new Leave());
      return;
    }
    // its caller's leaving must find it, so it is known before it stands in the queue
    Waiter waiter = new Waiter(call, guest);
    if (!waiter.stand()) {
      guest.turnedAway("its queue is full");
    }
  }

  private synchronized boolean tryEnter() {
    if (inside < settings.maxConcurrent() && queue.isEmpty()) {
      inside++;
      return true;
    }
    return false;
  }

  /** The first in the queue, if there is room for it; it is inside from now on. */
  private synchronized @Nullable Waiter nextInside() {
    if (inside >= settings.maxConcurrent()) {
      return null;
    }
    Waiter first = queue.poll();
    if (first != null) {
      inside++;
      first.standing = false;
    }
    return first;
  }

  /** Ends one call's stay; the next one comes in. */
  private final class Leave implements Runnable {
    private final AtomicBoolean left = new AtomicBoolean();

    @Override
    public void run() {
      if (left.compareAndSet(false, true)) {
        synchronized (Gate.this) {
          inside--;
        }
        Waiter next = nextInside();
        if (next != null) {
          next.letIn();
        }
      }
    }
  }

  private final class Waiter {
    private final Call call;
    private final Guest guest;
    private final long sinceNanos = clock.getAsLong();
    private volatile @Nullable Runnable timer;

    /** Under the gate's lock. */
    private boolean standing;

    Waiter(Call call, Guest guest) {
      this.call = call;
      this.guest = guest;
    }

    /** False when there is no place for it. */
    boolean stand() {
      synchronized (Gate.this) {
        if (queue.size() >= settings.maxQueue()) {
          return false;
        }
        standing = true;
        queue.add(this);
        timer = timers.after(call, settings.queueTimeout(), this::expired);
        call.upstream(this::gone);
      }
      // somebody may have left between the two looks
      Waiter first = nextInside();
      if (first != null) {
        first.letIn();
      }
      return true;
    }

    /** It is inside: goes on where its request is served. */
    void letIn() {
      call.request()
          .context()
          .runOnContext(
              ignored -> {
                over();
                call.request().proceed(() -> guest.entered(new Leave()));
              });
    }

    private void expired() {
      if (quit()) {
        over();
        call.request().proceed(() -> guest.turnedAway("it had no place in time"));
      }
    }

    private void gone() {
      if (quit()) {
        over();
        call.request().proceed(guest::gone);
      }
    }

    /** True when it still stood in the queue. */
    private boolean quit() {
      synchronized (Gate.this) {
        if (!standing) {
          return false;
        }
        standing = false;
        return queue.remove(this);
      }
    }

    private void over() {
      Runnable running = timer;
      if (running != null) {
        running.run();
      }
      call.upstream(null);
      call.waited(clock.getAsLong() - sinceNanos);
    }
  }
}
