package io.aigateway.breaker;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * May this provider be called now? Closed lets every call through, open none, half-open one probe
 * at a time. For all threads; nothing waits but for a short lock.
 */
public final class Breaker {
  /** How many failures in a row a refused credential counts for. */
  static final int FATAL_WEIGHT = 1000;

  /** The state, with its number in metrics. */
  public enum State {
    CLOSED(0),
    HALF_OPEN(1),
    OPEN(2);

    private final int number;

    State(int number) {
      this.number = number;
    }

    public int number() {
      return number;
    }

    /** As it is written in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * A breaker at one moment.
   *
   * @param sinceNanos the monotonic clock when the state began
   * @param untilProbe how long until a call may go through; zero unless open
   * @param reason why it opened last, or null when it never did
   */
  public record Snapshot(
      String name,
      State state,
      long sinceNanos,
      Duration untilProbe,
      int calls,
      int failures,
      @Nullable String reason) {}

  /** Told of every change of state, under the breaker's lock: must return at once. */
  public interface Listener {
    void changed(String breaker, State from, State to, String reason);
  }

  private final String name;
  private final LongSupplier clock;
  private final Listener listener;

  private BreakerSettings settings;
  private OutcomeWindow window;
  private State state = State.CLOSED;
  private long sinceNanos;
  private long openUntilNanos;
  private int generation;
  private int failuresInARow;
  private boolean succeededEver;
  private long lastSuccessNanos;
  private boolean probing;
  private int probesPassed;
  private @Nullable String reason;

  /**
   * @param clock monotonic, nanoseconds
   */
  public Breaker(String name, BreakerSettings settings, LongSupplier clock, Listener listener) {
    this.name = name;
    this.settings = settings;
    this.clock = clock;
    this.listener = listener;
    this.window = new OutcomeWindow((int) settings.window().toSeconds());
    this.sinceNanos = clock.getAsLong();
  }

  public String name() {
    return name;
  }

  public State state() {
    synchronized (this) {
      return stateAt(clock.getAsLong());
    }
  }

  /** Other numbers from now on; the state stays. */
  public void configure(BreakerSettings next) {
    synchronized (this) {
      if (!next.window().equals(settings.window())) {
        window = new OutcomeWindow((int) next.window().toSeconds());
      }
      settings = next;
    }
  }

  public BreakerSettings settings() {
    synchronized (this) {
      return settings;
    }
  }

  public Snapshot snapshot() {
    synchronized (this) {
      long now = clock.getAsLong();
      State current = stateAt(now);
      return new Snapshot(
          name,
          current,
          sinceNanos,
          current == State.OPEN ? Duration.ofNanos(openUntilNanos - now) : Duration.ZERO,
          window.calls(now),
          window.failures(now),
          reason);
    }
  }

  /**
   * Asks to make a call. Every permit must be given back through exactly one of its methods.
   *
   * @return null when no call may be made now
   */
  public @Nullable Permit acquire() {
    synchronized (this) {
      return switch (stateAt(clock.getAsLong())) {
        case CLOSED -> new Permit(generation, false);
        case OPEN -> null;
        case HALF_OPEN -> {
          if (probing) {
            yield null;
          }
          probing = true;
          yield new Permit(generation, true);
        }
      };
    }
  }

  /**
   * How long until asking again makes sense: the rest of the open time, or a moment for a probe.
   */
  public Duration retryAfter() {
    synchronized (this) {
      long now = clock.getAsLong();
      return stateAt(now) == State.OPEN
          ? Duration.ofNanos(openUntilNanos - now)
          : Duration.ofSeconds(1);
    }
  }

  private State stateAt(long now) {
    if (state == State.OPEN && now - openUntilNanos >= 0) {
      probing = false;
      probesPassed = 0;
      enter(State.HALF_OPEN, "the open time is over", now);
    }
    return state;
  }

  private void enter(State next, String why, long now) {
    State before = state;
    state = next;
    sinceNanos = now;
    generation++;
    failuresInARow = 0;
    window.clear();
    listener.changed(name, before, next, why);
  }

  private void open(String why, Duration atLeast, long now) {
    Duration time = settings.open().compareTo(atLeast) > 0 ? settings.open() : atLeast;
    openUntilNanos = now + time.toNanos();
    reason = why;
    probing = false;
    enter(State.OPEN, why, now);
  }

  /** The right to one call. */
  public final class Permit {
    private final int issued;
    private final boolean probe;
    private boolean returned;

    private Permit(int issued, boolean probe) {
      this.issued = issued;
      this.probe = probe;
    }

    /** The provider served. */
    public void success() {
      synchronized (Breaker.this) {
        if (!giveBack()) {
          return;
        }
        long now = clock.getAsLong();
        failuresInARow = 0;
        succeededEver = true;
        lastSuccessNanos = now;
        if (probe) {
          probesPassed++;
          if (probesPassed >= settings.closeAfter()) {
            enter(State.CLOSED, probesPassed + " probes succeeded", now);
          }
        } else {
          window.add(false, now);
        }
      }
    }

    /**
     * The provider failed.
     *
     * @param why the kind of failure, for the log
     * @param retryAfter what the provider asked for; it lengthens an open time, never shortens it
     */
    public void failure(String why, @Nullable Duration retryAfter) {
      synchronized (Breaker.this) {
        Duration asked = retryAfter == null ? Duration.ZERO : retryAfter;
        long now = clock.getAsLong();
        if (!giveBack()) {
          lengthen(asked, now);
          return;
        }
        if (probe) {
          open("a probe failed: " + why, asked, now);
          return;
        }
        window.add(true, now);
        failuresInARow++;
        int calls = window.calls(now);
        int failures = window.failures(now);
        boolean quiet = !succeededEver || now - lastSuccessNanos >= BreakerSettings.QUIET.toNanos();
        if (failuresInARow >= settings.consecutiveFailures() && quiet) {
          open(failuresInARow + " failures in a row, the last: " + why, asked, now);
        } else if (calls >= settings.minimumCalls()
            && failures * 100f >= settings.failureRate() * calls) {
          open(failures + " of " + calls + " calls failed, the last: " + why, asked, now);
        }
      }
    }

    /**
     * The provider refused the credential: no further call can succeed. Weighs as much as {@link
     * #FATAL_WEIGHT} failures in a row, so that a breaker whose limit is out of reach stays closed.
     */
    public void fatal(String why) {
      synchronized (Breaker.this) {
        if (settings.consecutiveFailures() > FATAL_WEIGHT) {
          failure(why, null);
        } else if (giveBack()) {
          open(why, Duration.ZERO, clock.getAsLong());
        }
      }
    }

    /** The call says nothing of the provider. */
    public void release() {
      synchronized (Breaker.this) {
        giveBack();
      }
    }

    /** True when this is the first return and the breaker is still in the state of the permit. */
    private boolean giveBack() {
      if (returned) {
        return false;
      }
      returned = true;
      if (issued != generation) {
        return false;
      }
      if (probe) {
        probing = false;
      }
      return true;
    }

    private void lengthen(Duration asked, long now) {
      long until = now + asked.toNanos();
      if (state == State.OPEN && until - openUntilNanos > 0) {
        openUntilNanos = until;
      }
    }
  }
}
