package io.aigateway.breaker;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The scripts in Java, on a clock of the test's: for tests and simulations in virtual time. {@link
 * BreakerScriptsTest} compares each answer with the real scripts'.
 */
final class StoreTwin {
  /** Told of what the scripts publish. */
  interface Listener {
    void published(String breaker, ClusterView view);
  }

  private static final class Data {
    String epoch = "";
    long version;
    Breaker.State state = Breaker.State.CLOSED;
    Breaker.@Nullable State forced;
    long since;
    long till;
    String by = "";
    String why = "";
    long ok;
    List<long[]> groups = new ArrayList<>();
    long width;
    List<long[]> slots = new ArrayList<>();
    long granted;
    long lease;
    String owner = "";
    long leaseUntil;
    long wanted;
    int passed;
    boolean blank = true;
    long first = -1;
    long pace = 200;
  }

  private final LongSupplier clock;
  private final Listener listener;
  private final Map<String, Data> all = new HashMap<>();
  private final Map<String, Long> seen = new HashMap<>();
  long commands;

  /**
   * @param clock milliseconds
   */
  StoreTwin(LongSupplier clock, Listener listener) {
    this.clock = clock;
    this.listener = listener;
  }

  /** As Redis restarted empty. */
  void forget() {
    all.clear();
    seen.clear();
  }

  /** One script under way. */
  private final class Run {
    private final BreakerStore.Asked asked;
    private final String replica;
    private final String label;
    private final long now = clock.getAsLong();
    private final long width;
    private final int slots;
    private @Nullable Data st;
    private Breaker.@Nullable State changedFrom;
    private boolean touched;
    private boolean told;

    Run(BreakerStore.Asked asked, String replica, String label) {
      this.asked = asked;
      this.replica = replica;
      this.label = label;
      long window = asked.settings().window().toMillis();
      slots = (int) Math.min(window / 1000, 60);
      width = window / slots;
      st = all.get(asked.breaker());
      commands += 3;
    }

    boolean late() {
      return asked.atMillis() >= 0 && Math.abs(now - asked.atMillis()) > 2000;
    }

    Data begin(long version) {
      Data data = new Data();
      data.epoch = replica + "-" + asked.atMillis();
      data.version = version;
      data.since = now;
      data.width = width;
      all.put(asked.breaker(), data);
      st = data;
      touched = true;
      return data;
    }

    Breaker.State state(Data data) {
      return data.forced == null ? data.state : data.forced;
    }

    void enter(Data data, Breaker.State next) {
      data.state = next;
      data.since = now;
      data.version++;
      data.blank = false;
      data.slots = new ArrayList<>();
      data.groups = new ArrayList<>();
      data.passed = 0;
      data.first = -1;
      data.lease = 0;
      data.owner = "";
      data.leaseUntil = 0;
      data.wanted = 0;
      touched = true;
      told = true;
    }

    void open(Data data, String why, long retryAfter) {
      changedFrom = state(data);
      data.till = now + Math.max(asked.settings().open().toMillis(), retryAfter);
      data.by = label;
      data.why = why;
      enter(data, Breaker.State.OPEN);
    }

    void lengthen(Data data, long retryAfter) {
      if (retryAfter > 0
          && data.state == Breaker.State.OPEN
          && data.forced == null
          && now + retryAfter > data.till) {
        data.till = now + retryAfter;
        touched = true;
        told = true;
      }
    }

    int[] count(Data data) {
      long oldest = now / width - slots;
      int[] sums = new int[2];
      List<long[]> kept = new ArrayList<>();
      if (data.width == width) {
        for (long[] slot : data.slots) {
          if (slot[0] > oldest) {
            sums[0] += (int) slot[1];
            sums[1] += (int) slot[2];
            kept.add(slot);
          }
        }
      }
      data.slots = kept;
      data.width = width;
      return sums;
    }

    void grant(Data data) {
      data.granted++;
      data.lease = data.granted;
      data.owner = replica;
      data.wanted = 0;
      data.leaseUntil = now + Lease.LENGTH_MILLIS;
      touched = true;
    }

    void free(Data data) {
      data.lease = 0;
      data.owner = "";
      data.leaseUntil = 0;
    }

    ClusterView view(Data data) {
      int[] sums = count(data);
      return new ClusterView(
          data.epoch,
          data.version,
          state(data),
          now - data.since,
          Math.max(0, data.till - now),
          data.by,
          data.why,
          sums[0],
          sums[1],
          data.ok > 0 ? now - data.ok : -1,
          data.lease,
          data.owner,
          data.lease == 0 ? 0 : Math.max(0, data.leaseUntil - now),
          now - data.wanted < 2000,
          data.passed,
          data.pace);
    }

    BreakerStore.Answer answer(BreakerStore.Status status) {
      Data data = st;
      if (data == null) {
        return new BreakerStore.Answer(status, now, null, null);
      }
      ClusterView view = view(data);
      if (touched) {
        commands++;
      }
      if (told) {
        commands++;
        listener.published(asked.breaker(), view);
      }
      return new BreakerStore.Answer(status, now, changedFrom, view);
    }
  }

  BreakerStore.Answer read(BreakerStore.Asked asked, String replica, String label) {
    return new Run(asked, replica, label).answer(BreakerStore.Status.OK);
  }

  BreakerStore.Answer report(
      BreakerStore.Asked asked,
      String replica,
      String label,
      long number,
      Batch batch,
      @Nullable Proposal proposal) {
    Run run = new Run(asked, replica, label);
    if (run.late()) {
      return run.answer(BreakerStore.Status.LATE);
    }
    commands++;
    Long before = seen.get(asked.breaker() + replica);
    if (before != null && before >= number) {
      return run.answer(BreakerStore.Status.DUP);
    }
    seen.put(asked.breaker() + replica, number);
    Data old = run.st;
    Data st = old == null ? run.begin(Math.max(0, asked.version()) + 1) : old;
    if (proposal != null) {
      propose(run, st, old == null, proposal);
    }
    boolean same = st.epoch.equals(asked.epoch()) && st.version == asked.version();
    if (st.state == Breaker.State.CLOSED
        && same
        && (batch.calls() > 0 || batch.fatal() != null || batch.again())) {
      return run.answer(count(run, st, batch));
    }
    run.lengthen(st, batch.retryAfterMillis());
    return run.answer(BreakerStore.Status.OK);
  }

  private static void propose(Run run, Data st, boolean created, Proposal proposal) {
    boolean lost =
        run.asked.version() > 0
            && (!st.epoch.equals(run.asked.epoch()) || run.asked.version() > st.version);
    if (!proposal.own() && !created && !lost) {
      return;
    }
    long since = run.now - proposal.sinceMillis();
    if (proposal.state() == run.state(st)) {
      if (st.blank || since > st.since) {
        st.since = since;
        run.touched = true;
      }
      st.blank = false;
      if (proposal.state() == Breaker.State.OPEN) {
        run.lengthen(st, proposal.leftMillis());
      }
    } else if (st.blank || since > st.since) {
      Breaker.State from = run.state(st);
      long version = Math.max(st.version, run.asked.version());
      boolean closed =
          proposal.state() == Breaker.State.CLOSED
              || proposal.state() == Breaker.State.FORCED_CLOSED;
      run.enter(st, closed ? Breaker.State.CLOSED : Breaker.State.OPEN);
      st.version = version + 1;
      st.since = since;
      st.till = run.now + proposal.leftMillis();
      st.forced = proposal.state().isForced() ? proposal.state() : null;
      st.by = proposal.openedBy();
      st.why = proposal.reason();
      run.changedFrom = from;
    }
  }

  private static BreakerStore.Status count(Run run, Data st, Batch batch) {
    long now = run.now;
    run.touched = true;
    if (st.first < 0) {
      st.first = now;
    }
    int[] sums = run.count(st);
    long number = now / run.width;
    long[] last = st.slots.isEmpty() ? null : st.slots.get(st.slots.size() - 1);
    if (last != null && last[0] == number) {
      last[1] += batch.calls();
      last[2] += batch.failures();
      last[3]++;
    } else if (batch.calls() > 0) {
      long reports = last != null && last[0] == number - 1 ? last[3] : 0;
      double pace = Math.floor(st.pace * reports * 1000.0 / run.width / 500);
      st.pace = Math.min(1000, Math.max(200, (long) pace));
      st.slots.add(new long[] {number, batch.calls(), batch.failures(), 1});
    }
    int all = sums[0] + batch.calls();
    int failed = sums[1] + batch.failures();
    if (batch.okAgeMillis() >= 0 && now - batch.okAgeMillis() > st.ok) {
      st.ok = now - batch.okAgeMillis();
      st.groups.removeIf(group -> group[0] <= st.ok);
    }
    if (batch.tail() > 0 && now - batch.tailAgeMillis() > st.ok) {
      st.groups.add(new long[] {now - batch.tailAgeMillis(), batch.tail()});
      if (st.groups.size() > 20) {
        long[] first = st.groups.remove(0);
        long[] second = st.groups.get(0);
        st.groups.set(0, new long[] {Math.min(first[0], second[0]), first[1] + second[1]});
      }
    }
    if (st.forced != null) {
      return BreakerStore.Status.OK;
    }
    long row = st.groups.stream().mapToLong(group -> group[1]).sum();
    BreakerSettings settings = run.asked.settings();
    String share = failed + " of " + all + " calls failed";
    if (all > 0) {
      share += " (" + failed * 100L / all + " %)";
    }
    if (batch.fatal() != null) {
      run.open(st, batch.fatal(), batch.retryAfterMillis());
    } else if (batch.tail() > 0
        && row >= settings.consecutiveFailures()
        && now - st.ok >= BreakerSettings.QUIET.toMillis()) {
      run.open(
          st,
          row + " failures in a row, " + share + ", the last: " + batch.lastFailure(),
          batch.retryAfterMillis());
    } else if ((batch.failures() > 0 || batch.again())
        && all >= settings.minimumCalls()
        && failed * 100.0 >= (double) settings.failureRate() * all) {
      if (now - st.first < BreakerSettings.QUIET.toMillis()) {
        return BreakerStore.Status.PENDING;
      }
      run.open(st, share + ", the last: " + batch.lastFailure(), batch.retryAfterMillis());
    }
    return BreakerStore.Status.OK;
  }

  BreakerStore.Answer probe(
      BreakerStore.Asked asked, String replica, String label, BreakerStore.ProbeVerb verb) {
    Run run = new Run(asked, replica, label);
    Data st = run.st;
    if (run.late()) {
      return run.answer(BreakerStore.Status.LATE);
    }
    if (st == null) {
      return run.answer(BreakerStore.Status.NONE);
    }
    if (verb instanceof BreakerStore.ProbeVerb.Acquire acquire) {
      return acquire(run, st, acquire);
    }
    if (verb instanceof BreakerStore.ProbeVerb.Renew renew) {
      if (!mine(run, st, renew.lease())) {
        return run.answer(BreakerStore.Status.LOST);
      }
      st.leaseUntil = run.now + Lease.LENGTH_MILLIS;
      run.touched = true;
      return run.answer(BreakerStore.Status.GRANTED);
    }
    if (verb instanceof BreakerStore.ProbeVerb.GiveBack back) {
      if (!mine(run, st, back.lease())) {
        return run.answer(BreakerStore.Status.LOST);
      }
      run.free(st);
      st.wanted = 0;
      run.touched = true;
      run.told = true;
      return run.answer(BreakerStore.Status.OK);
    }
    return settle(run, st, (BreakerStore.ProbeVerb.Settle) verb);
  }

  private static boolean mine(Run run, Data st, long lease) {
    return st.state == Breaker.State.HALF_OPEN
        && st.forced == null
        && st.lease == lease
        && st.owner.equals(run.replica);
  }

  private static BreakerStore.Answer acquire(
      Run run, Data st, BreakerStore.ProbeVerb.Acquire acquire) {
    if (st.forced == null && st.state == Breaker.State.OPEN && run.now >= st.till) {
      run.changedFrom = Breaker.State.OPEN;
      run.enter(st, Breaker.State.HALF_OPEN);
      st.since = st.till;
    }
    if (st.forced != null || st.state != Breaker.State.HALF_OPEN) {
      return run.answer(BreakerStore.Status.DENIED);
    }
    if (st.lease == 0 || st.leaseUntil <= run.now || st.owner.equals(run.replica)) {
      run.grant(st);
      return run.answer(BreakerStore.Status.GRANTED);
    }
    if (acquire.wanted() && run.now - st.wanted > 500) {
      st.wanted = run.now;
      run.touched = true;
    }
    return run.answer(BreakerStore.Status.DENIED);
  }

  private static BreakerStore.Answer settle(
      Run run, Data st, BreakerStore.ProbeVerb.Settle settle) {
    if (!mine(run, st, settle.lease())) {
      run.lengthen(st, settle.retryAfterMillis());
      return run.answer(BreakerStore.Status.LOST);
    }
    if (settle.why() != null) {
      run.open(st, "a probe failed: " + settle.why(), settle.retryAfterMillis());
      return run.answer(BreakerStore.Status.OK);
    }
    st.passed++;
    run.touched = true;
    if (st.passed >= run.asked.settings().closeAfter()) {
      run.changedFrom = Breaker.State.HALF_OPEN;
      int passed = st.passed;
      run.enter(st, Breaker.State.CLOSED);
      st.till = 0;
      st.by = run.label;
      st.why = passed + " probes succeeded";
      st.ok = run.now;
      return run.answer(BreakerStore.Status.OK);
    }
    if (settle.next()) {
      run.grant(st);
      return run.answer(BreakerStore.Status.GRANTED);
    }
    run.free(st);
    run.told = true;
    return run.answer(BreakerStore.Status.OK);
  }

  BreakerStore.Answer force(
      BreakerStore.Asked asked, String replica, String label, Breaker.Force force) {
    Run run = new Run(asked, replica, label);
    if (run.late()) {
      return run.answer(BreakerStore.Status.LATE);
    }
    Data old = run.st;
    Data st = old == null ? run.begin(Math.max(0, asked.version()) + 1) : old;
    Breaker.State wish =
        force == Breaker.Force.OPEN ? Breaker.State.FORCED_OPEN : Breaker.State.FORCED_CLOSED;
    if (force == Breaker.Force.AUTO) {
      if (st.forced != null) {
        run.changedFrom = st.forced;
        st.forced = null;
        run.enter(st, Breaker.State.CLOSED);
        st.till = 0;
        st.by = label;
        st.why = "no longer forced";
      }
    } else if (st.forced != wish) {
      run.changedFrom = run.state(st);
      st.forced = wish;
      run.enter(st, force == Breaker.Force.OPEN ? Breaker.State.OPEN : Breaker.State.CLOSED);
      st.till = 0;
      st.by = label;
      st.why = "forced " + force.name().toLowerCase(Locale.ROOT) + " by hand";
    }
    return run.answer(BreakerStore.Status.OK);
  }
}
