package io.aigateway.breaker;

import io.aigateway.breaker.BreakerStore.Answer;
import io.aigateway.breaker.BreakerStore.ProbeVerb;
import io.aigateway.breaker.BreakerStore.Status;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * May this provider be called now? Closed lets every call through, open none, half-open one probe
 * at a time. For all threads; nothing waits but for a short lock.
 *
 * <p>Alone, the breaker decides by itself. Shared, all replicas decide together: it counts, tells
 * ({@link #next}) and hears; when it sees enough by itself it lets no call through until the others
 * have answered, which takes a moment, or until it is alone, which takes no longer than a deadline.
 */
public final class Breaker {
  /** How many failures in a row a refused credential counts for. */
  static final int FATAL_WEIGHT = 1000;

  private static final long REPORT_NANOS = TimeUnit.MILLISECONDS.toNanos(200);

  /** The state, with its number in metrics. */
  public enum State {
    CLOSED(0),
    HALF_OPEN(1),
    OPEN(2),
    FORCED_OPEN(2),
    FORCED_CLOSED(0);

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

    boolean isForced() {
      return this == FORCED_OPEN || this == FORCED_CLOSED;
    }
  }

  /** What a person may order. */
  public enum Force {
    OPEN,
    CLOSED,
    AUTO
  }

  /**
   * A breaker at one moment.
   *
   * @param sinceNanos the monotonic clock when the state began
   * @param untilProbe how long until a call may go through; zero unless open
   * @param calls in the window, of all replicas when they share
   * @param openedBy the replica that changed the state last, or null when nobody did
   * @param reason why the state changed last, or null when it never did
   */
  public record Snapshot(
      String name,
      State state,
      long sinceNanos,
      Duration untilProbe,
      int calls,
      int failures,
      @Nullable String openedBy,
      @Nullable String reason) {}

  /**
   * Told of every change of state that this replica made, alone or for all. Under the breaker's
   * lock: must return at once.
   */
  public interface Listener {
    void changed(String breaker, State from, State to, String reason);
  }

  private final String name;
  private final String self;
  private final LongSupplier clock;
  private final Listener listener;

  private BreakerSettings settings;
  private final Outcomes outcomes;
  private State state = State.CLOSED;
  private long sinceNanos;
  private long openUntilNanos;
  private int generation;
  private boolean probing;
  private int probesPassed;
  private @Nullable String openedBy;
  private @Nullable String reason;

  // ---- what concerns the other replicas
  private @Nullable Runnable wake;
  private boolean shared;
  private boolean diverged;
  private String epoch = "";
  private long version;
  private long learnedNanos;
  private int clusterCalls;
  private int clusterFailures;
  private final Tally tally = new Tally();
  private long reportedNanos;
  private long paceNanos = REPORT_NANOS;
  private final Suspicion suspicion;
  private final Probes probes;
  private ProbeVerb.@Nullable Settle settlement;
  private @Nullable Force forced;

  /**
   * @param self the name of this replica
   * @param clock monotonic, nanoseconds
   */
  Breaker(
      String name, String self, BreakerSettings settings, LongSupplier clock, Listener listener) {
    this.name = name;
    this.self = self;
    this.clock = clock;
    this.listener = listener;
    this.settings = settings;
    this.outcomes = new Outcomes(settings);
    this.sinceNanos = clock.getAsLong();
    this.suspicion = new Suspicion(sinceNanos);
    this.probes = new Probes(sinceNanos);
    this.reportedNanos = sinceNanos - REPORT_NANOS;
    this.learnedNanos = sinceNanos;
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
        outcomes.resize(next);
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
          shared ? clusterCalls + tally.calls() : outcomes.calls(now),
          shared ? clusterFailures + tally.failures() : outcomes.failures(now),
          openedBy,
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
      long now = clock.getAsLong();
      probes.asked(now);
      return switch (stateAt(now)) {
        case CLOSED -> suspicion.isHeld() ? null : new Permit(generation, null, false);
        case FORCED_CLOSED -> new Permit(generation, null, false);
        case OPEN, FORCED_OPEN -> refuse(now);
        case HALF_OPEN -> shared ? leased(now) : probe();
      };
    }
  }

  private @Nullable Permit refuse(long now) {
    probes.refused(now);
    return null;
  }

  private @Nullable Permit leased(long now) {
    Lease mine = probes.lease();
    if (mine == null || !mine.isFree(now)) {
      return refuse(now);
    }
    mine.use();
    probes.began();
    return new Permit(generation, mine, true);
  }

  private @Nullable Permit probe() {
    if (probing) {
      return null;
    }
    probing = true;
    probes.began();
    return new Permit(generation, null, true);
  }

  /**
   * How long until asking again makes sense: the rest of the open time, or a moment for a probe.
   */
  public Duration retryAfter() {
    synchronized (this) {
      long now = clock.getAsLong();
      return switch (stateAt(now)) {
        case OPEN -> Duration.ofNanos(openUntilNanos - now);
        case FORCED_OPEN -> settings.open();
        case CLOSED, HALF_OPEN, FORCED_CLOSED -> Duration.ofSeconds(1);
      };
    }
  }

  /**
   * What a person orders: open or closed until {@link Force#AUTO}, for all replicas that share. It
   * holds here at once.
   */
  public void force(Force order) {
    synchronized (this) {
      long now = clock.getAsLong();
      State next =
          switch (order) {
            case OPEN -> State.FORCED_OPEN;
            case CLOSED -> State.FORCED_CLOSED;
            case AUTO -> State.CLOSED;
          };
      if (stateAt(now) != next && (order != Force.AUTO || state.isForced())) {
        openedBy = self;
        reason = order == Force.AUTO ? "no longer forced" : "forced " + lower(order) + " by hand";
        enter(next, reason, now);
      }
      if (wake != null) {
        forced = order;
        urgent();
      }
    }
  }

  private static String lower(Force order) {
    return order.name().toLowerCase(Locale.ROOT);
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
    begin();
    if (!shared) {
      diverged = diverged || next != State.HALF_OPEN;
      listener.changed(name, before, next, why);
    }
  }

  private void begin() {
    generation++;
    outcomes.clear();
    suspicion.clear();
    tally.clear();
    probes.begin(clock.getAsLong());
  }

  private void open(String why, Duration atLeast, long now) {
    Duration time = settings.open().compareTo(atLeast) > 0 ? settings.open() : atLeast;
    openUntilNanos = now + time.toNanos();
    reason = why;
    openedBy = self;
    probing = false;
    enter(State.OPEN, why, now);
  }

  private void probePassed(long now) {
    probesPassed++;
    if (probesPassed >= settings.closeAfter()) {
      String why = probesPassed + " probes succeeded";
      reason = why;
      openedBy = self;
      enter(State.CLOSED, why, now);
    }
  }

  /** Opens, or lets nothing through until the others have said what they think. */
  private void decide(String why, Duration retryAfter, long now) {
    if (!shared) {
      open(why, retryAfter, now);
    } else if (suspicion.raise(why, retryAfter, now)) {
      urgent();
    }
  }

  private void urgent() {
    Runnable to = wake;
    if (to != null) {
      to.run();
    }
  }

  // ---- what concerns the other replicas; called by SharedBreakers

  /**
   * From now on there are others.
   *
   * @param onUrgent called under the lock when {@link #next} has something that can't wait
   */
  void share(Runnable onUrgent) {
    synchronized (this) {
      wake = onUrgent;
    }
  }

  boolean isShared() {
    synchronized (this) {
      return shared;
    }
  }

  /** The others can't be reached: goes on by itself with what it knows. */
  void alone() {
    synchronized (this) {
      alone(clock.getAsLong());
    }
  }

  private void alone(long now) {
    if (!shared) {
      return;
    }
    stateAt(now);
    shared = false;
    tally.clear();
    Lease mine = probes.lease();
    probing = mine != null && mine.isInUse();
    probes.drop();
    if (suspicion.isHeld()) {
      open(suspicion.why(), suspicion.retryAfter(), now);
    }
    ProbeVerb.Settle unsent = settlement;
    settlement = null;
    settleAlone(unsent, now);
  }

  private void settleAlone(ProbeVerb.@Nullable Settle probe, long now) {
    if (probe == null || state != State.HALF_OPEN) {
      return;
    }
    String why = probe.why();
    if (why == null) {
      probePassed(now);
    } else {
      open("a probe failed: " + why, Duration.ofMillis(probe.retryAfterMillis()), now);
    }
  }

  /**
   * What there is to tell or ask; null for nothing. Whoever takes it must bring it to {@link
   * #answered} or {@link #failed} before the next.
   *
   * @param random 0 to 1, so that replicas don't ask all at once
   */
  @Nullable Work next(double random) {
    synchronized (this) {
      long now = clock.getAsLong();
      Force order = forced;
      if (order != null) {
        forced = null;
        return new Work.ByHand(epoch, version, order);
      }
      if (!shared) {
        return new Work.Join(epoch, version, diverged || version > 0 ? proposal(now) : null);
      }
      ProbeVerb verb = settlement;
      settlement = null;
      if (verb == null && stateAt(now) == State.HALF_OPEN) {
        verb = probes.verb(sinceNanos, now, random);
      }
      if (verb != null) {
        return new Work.Probe(epoch, version, verb);
      }
      boolean again = suspicion.takeRecheck(now);
      boolean due = suspicion.isHeld() || tally.isUrgent() || now - reportedNanos >= paceNanos;
      if (again || !tally.isEmpty() && due) {
        reportedNanos = now;
        suspicion.told();
        return new Work.Report(epoch, version, tally.take(now, again));
      }
      return null;
    }
  }

  private Proposal proposal(long now) {
    State current = stateAt(now);
    return new Proposal(
        diverged,
        current == State.HALF_OPEN ? State.OPEN : current,
        millis(now - sinceNanos),
        current == State.OPEN ? millis(openUntilNanos - now) : 0,
        openedBy == null ? "" : openedBy,
        reason == null ? "" : reason);
  }

  /** The others have answered. */
  void answered(Work work, Answer answer, long sentNanos) {
    synchronized (this) {
      long now = clock.getAsLong();
      ClusterView view = answer.view();
      boolean binding = work instanceof Work.Join || work instanceof Work.ByHand;
      if (answer.status() == Status.LATE) {
        // nothing was carried out; the reckoning of their clock is better now
        if (work instanceof Work.ByHand byHand && forced == null) {
          forced = byHand.force();
        } else if (settle(work) != null) {
          settlement = settle(work);
        }
        suspicion.answered(now);
        return;
      }
      if (view == null) {
        lost(now);
        settleAlone(settle(work), now);
        return;
      }
      if (binding) {
        shared = true;
        diverged = false;
      } else if (!shared) {
        // asked before this replica went on alone: what it came to since then is the later state
        settleAlone(settle(work), now);
        return;
      }
      if (forced == null) {
        adopt(view, sentNanos, now, binding);
      }
      if (work instanceof Work.Probe probe && shared) {
        boolean halfOpen = state == State.HALF_OPEN;
        probes.answered(probe.verb(), answer.status(), view, halfOpen, sentNanos, now);
      } else if (work instanceof Work.Report) {
        suspicion.answered(now);
        if (answer.status() == Status.PENDING) {
          suspicion.pending(now);
        }
      }
      if (answer.changedFrom() != null) {
        listener.changed(name, answer.changedFrom(), view.state(), view.reason());
      }
    }
  }

  /** What the store says when asked for nothing else. */
  void heardBack(Answer answer, long sentNanos) {
    synchronized (this) {
      if (!shared || forced != null) {
        return;
      }
      long now = clock.getAsLong();
      ClusterView view = answer.view();
      if (view == null) {
        lost(now);
      } else {
        adopt(view, sentNanos, now, false);
      }
    }
  }

  /** There was no answer. */
  void failed(Work work) {
    synchronized (this) {
      long now = clock.getAsLong();
      if (work instanceof Work.ByHand byHand && forced == null) {
        forced = byHand.force();
      }
      alone(now);
      settleAlone(settle(work), now);
    }
  }

  private static ProbeVerb.@Nullable Settle settle(Work work) {
    return work instanceof Work.Probe probe && probe.verb() instanceof ProbeVerb.Settle settle
        ? settle
        : null;
  }

  /** Another replica has changed the state. The message may be late, lost or come twice. */
  void heard(ClusterView view) {
    synchronized (this) {
      if (!shared || forced != null || !view.epoch().equals(epoch) || view.version() < version) {
        return;
      }
      long now = clock.getAsLong();
      if (view.version() > version) {
        enter(view, now);
      } else if (state == State.OPEN && view.state() == State.OPEN) {
        long until = now + nanos(view.leftMillis());
        if (until - openUntilNanos > 0) {
          openUntilNanos = until;
        }
      }
      if (stateAt(now) == State.HALF_OPEN && view.lease() == 0 && probes.offered(now)) {
        urgent();
      }
    }
  }

  /** The store knows less than this replica: it has begun anew, or lost its last moments. */
  private void lost(long now) {
    alone(now);
    diverged = true;
  }

  private void adopt(ClusterView view, long sentNanos, long now, boolean anyway) {
    boolean sameLife = view.epoch().equals(epoch);
    if (!anyway) {
      if (!sameLife && version > 0) {
        lost(now);
        return;
      }
      if (sameLife && view.version() < version) {
        if (sentNanos - learnedNanos > 0) {
          lost(now);
        }
        return;
      }
    }
    clusterCalls = view.calls();
    clusterFailures = view.failures();
    paceNanos = nanos(view.paceMillis());
    Lease mine = probes.lease();
    if (mine != null) {
      mine.wanted(view.leaseWanted());
    }
    if (!sameLife || view.version() != version || local(view) != stateAt(now)) {
      enter(view, now);
    } else if (state == State.OPEN) {
      openUntilNanos = now + nanos(view.leftMillis());
    }
  }

  private static State local(ClusterView view) {
    return view.state() == State.OPEN && view.leftMillis() == 0 ? State.HALF_OPEN : view.state();
  }

  private void enter(ClusterView view, long now) {
    state = local(view);
    sinceNanos = now - nanos(view.sinceMillis());
    openUntilNanos = now + nanos(view.leftMillis());
    openedBy = view.openedBy().isEmpty() ? null : view.openedBy();
    reason = view.reason().isEmpty() ? null : view.reason();
    probing = false;
    probesPassed = view.passed();
    epoch = view.epoch();
    version = view.version();
    learnedNanos = now;
    clusterCalls = view.calls();
    clusterFailures = view.failures();
    begin();
  }

  private static long nanos(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static long millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMillis(nanos);
  }

  /** The right to one call. */
  public final class Permit {
    private final int issued;
    private final @Nullable Lease leased;
    private final boolean probe;
    private boolean returned;

    private Permit(int issued, @Nullable Lease leased, boolean probe) {
      this.issued = issued;
      this.leased = leased;
      this.probe = probe;
    }

    /** The provider served. */
    public void success() {
      synchronized (Breaker.this) {
        if (!giveBack()) {
          return;
        }
        long now = clock.getAsLong();
        outcomes.success(probe, now);
        if (probe) {
          settleProbe(null, Duration.ZERO, now);
        } else if (shared) {
          tally.success(now, paceNanos);
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
          settleProbe(why, asked, now);
          return;
        }
        outcomes.failure(now);
        if (shared) {
          tally.failure(now, why, asked);
        }
        if (state == State.CLOSED) {
          String verdict = outcomes.verdict(settings, why, now);
          if (verdict != null) {
            decide(verdict, asked, now);
          }
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
          return;
        }
        if (!giveBack()) {
          return;
        }
        long now = clock.getAsLong();
        if (probe) {
          settleProbe(why, Duration.ZERO, now);
        } else if (state == State.CLOSED) {
          if (shared) {
            tally.fatal(why);
            suspicion.askAtOnce(now);
          }
          decide(why, Duration.ZERO, now);
        }
      }
    }

    /** The call says nothing of the provider. */
    public void release() {
      synchronized (Breaker.this) {
        if (giveBack() && leased != null && leased == probes.lease()) {
          leased.release(clock.getAsLong());
        }
      }
    }

    /** True when this is the first return and the breaker is still in the state of the permit. */
    private boolean giveBack() {
      if (returned) {
        return false;
      }
      returned = true;
      if (probe) {
        probes.cameBack();
      }
      if (issued != generation) {
        return false;
      }
      if (probe) {
        probing = false;
      }
      return true;
    }

    private void settleProbe(@Nullable String why, Duration retryAfter, long now) {
      if (!shared) {
        settleAlone(new ProbeVerb.Settle(0, why, retryAfter.toMillis(), false), now);
      } else if (leased != null) {
        probes.drop();
        settlement = new ProbeVerb.Settle(leased.number(), why, retryAfter.toMillis(), why == null);
        urgent();
      }
    }

    private void lengthen(Duration asked, long now) {
      if (asked.isZero()) {
        return;
      }
      if (shared) {
        tally.retryAfter(asked);
      }
      long until = now + asked.toNanos();
      if (state == State.OPEN && until - openUntilNanos > 0) {
        openUntilNanos = until;
      }
    }
  }
}
