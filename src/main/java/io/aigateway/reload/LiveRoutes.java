package io.aigateway.reload;

import io.aigateway.provider.Providers;
import io.aigateway.reload.RouteFiles.Look;
import io.aigateway.settings.Routing;
import io.aigateway.settings.SettingsException;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.apache.camel.Route;
import org.apache.camel.spi.Resource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which routes are in force? Loads them at start and again whenever their folder changes: the new
 * set is built beside the old one, callers are switched over all at once, and the old one ends when
 * the last of its requests and streams has. A set with a fault is refused as a whole and the one in
 * force stays. {@link #tick} does the work, on one thread at a time; the rest is for all threads.
 */
public final class LiveRoutes implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LiveRoutes.class);

  /** How often the folder is looked at. */
  static final Duration TICK = Duration.ofMillis(100);

  /** A folder that has been at rest for so long is read; half-written files are waited out. */
  static final Duration QUIET = Duration.ofMillis(200);

  /** A fault counts when nothing has changed for so long. */
  static final Duration PATIENCE = Duration.ofMillis(1000);

  private final RouteFiles files;
  private final GenerationBuilder builder;
  private final Front front;
  private final Providers shown;
  private final LongSupplier nanoClock;
  private final Clock clock;

  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(task -> daemon(task, "live-routes"));
  private final List<Ending> ending = new CopyOnWriteArrayList<>();
  private final AtomicLong failures = new AtomicLong();
  private final AtomicInteger generations = new AtomicInteger();
  private volatile @Nullable Generation current;
  private volatile RouteState state = RouteState.NONE;
  private volatile InForce inForce = new InForce(RouteState.NONE, List.of());

  private volatile @Nullable Consumer<String> refused;

  private @Nullable Map<String, Look> seen;
  private @Nullable Map<String, Look> settled;
  private boolean unreadable;
  private long changedNanos;
  private boolean tried;

  /**
   * @param shown the providers that the rest of the gateway sees: those of the set in force
   * @param nanoClock monotonic, nanoseconds
   */
  public LiveRoutes(
      RouteFiles files,
      Workshop workshop,
      Front front,
      RouteLimits limits,
      Routing routing,
      Providers shown,
      LongSupplier nanoClock,
      Clock clock) {
    this.files = files;
    this.builder = new GenerationBuilder(workshop, front, limits, routing, clock);
    this.front = front;
    this.shown = shown;
    this.nanoClock = nanoClock;
    this.clock = clock;
  }

  // ---- for people

  public RouteState state() {
    return state;
  }

  /** How many changes have been refused. */
  public long failures() {
    return failures.get();
  }

  /** Sets that run: the one in force, and earlier ones whose last callers are being served. */
  public int generations() {
    return generations.get();
  }

  /** Whether every route of the set in force runs. */
  public boolean running() {
    Generation now = current;
    return now != null
        && now.context().isStarted()
        && now.context().getRoutes().stream().allMatch(LiveRoutes::isStarted);
  }

  private static boolean isStarted(Route route) {
    return route
        .getCamelContext()
        .getRouteController()
        .getRouteStatus(route.getRouteId())
        .isStarted();
  }

  /**
   * A file in force.
   *
   * @param routes the ids of its routes, in the order of the file; none where it brings none
   */
  public record Loaded(String name, RouteFile.Origin origin, List<String> routes) {}

  /** What is in force, all of one moment: the files by name, and what {@link #state} says of it. */
  public record InForce(RouteState state, List<Loaded> files) {}

  /** The set in force and its files. */
  public InForce inForce() {
    InForce now = inForce;
    RouteState latest = state;
    return now.state().version() == latest.version() ? new InForce(latest, now.files()) : now;
  }

  private static List<Loaded> files(Generation set) {
    Map<String, List<String>> routes = new HashMap<>();
    for (Route route : set.context().getRoutes()) {
      Resource source = route.getSourceResource();
      if (source != null) {
        String name = source.getLocation().substring(source.getLocation().indexOf(':') + 1);
        routes.computeIfAbsent(name, unused -> new ArrayList<>()).add(route.getRouteId());
      }
    }
    return set.set().files().stream()
        .map(
            file ->
                new Loaded(file.name(), file.origin(), routes.getOrDefault(file.name(), List.of())))
        .toList();
  }

  /** Tells {@code listener} of each refusal, in words for a person, on the thread that looks. */
  public void onRefused(Consumer<String> listener) {
    refused = listener;
  }

  // ---- the work

  /**
   * Loads the first set.
   *
   * @throws RoutesRefusedException saying what is wrong with it
   * @throws IOException when files can't be read
   */
  public void load() throws RoutesRefusedException, IOException {
    if (files.folder().isPresent()) {
      seen = files.look();
      settled = seen;
    }
    show(builder.build(files.read(), null, 1));
  }

  /** Begins to look at the folder. */
  public void watch() {
    Generation now = current;
    if (files.folder().isPresent() && now != null) {
      timer.execute(() -> safely(() -> builder.practise(now.set())));
      timer.scheduleWithFixedDelay(
          () -> safely(this::tick), TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private static void safely(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException | Error e) {
      LOG.error("looking at the routes failed", e);
    }
  }

  /** Looks at the folder once, and at what has ended. */
  void tick() {
    ending.removeIf(this::ended);
    Map<String, Look> look;
    try {
      look = files.look();
    } catch (IOException | java.io.UncheckedIOException e) {
      lost();
      return;
    }
    unreadable = false;
    if (!look.equals(seen)) {
      seen = look;
      changedNanos = nanoClock.getAsLong();
      tried = false;
      return;
    }
    if (look.equals(settled)) {
      return;
    }
    long rest = nanoClock.getAsLong() - changedNanos;
    if (rest >= PATIENCE.toNanos()) {
      settled = look;
      take(true);
    } else if (rest >= QUIET.toNanos() && !tried) {
      tried = true;
      if (take(false)) {
        settled = look;
      }
    }
  }

  /** The folder itself is gone: while a mount is replaced, for a moment; else until it is back. */
  private void lost() {
    if (!unreadable) {
      unreadable = true;
      changedNanos = nanoClock.getAsLong();
      seen = null;
    } else if (settled != null && nanoClock.getAsLong() - changedNanos >= PATIENCE.toNanos()) {
      settled = null;
      refuse(List.of(new RouteFault(null, 0, null, "ROUTES_DIR can't be read")));
    }
  }

  /**
   * Takes what is in the folder.
   *
   * @param last whether a fault counts
   * @return whether nothing is left to do
   */
  private boolean take(boolean last) {
    try {
      RouteSet set = files.read();
      if (!files.look().equals(seen)) {
        // it has changed while it was read
        settled = null;
        return false;
      }
      Generation before = current;
      if (before != null && before.set().digest().equals(set.digest())) {
        state = state.withoutError();
        return true;
      }
      long started = nanoClock.getAsLong();
      Generation next =
          builder.build(set, before == null ? null : before.set(), state.version() + 1);
      long built = nanoClock.getAsLong();
      show(next);
      LOG.info(
          "routes version {} ({}) in force: {} routes, {} files of the folder, built in {} ms",
          next.number(),
          state.digest(),
          state.count(),
          set.files().stream().filter(RouteFile::edited).count(),
          TimeUnit.NANOSECONDS.toMillis(built - started));
      return true;
    } catch (RoutesRefusedException e) {
      if (last) {
        refuse(e.faults());
      }
    } catch (SettingsException e) {
      if (last) {
        refuse(
            e.faults().stream().map(fault -> new RouteFault(null, 0, null, fault.line())).toList());
      }
    } catch (IOException | java.io.UncheckedIOException e) {
      if (last) {
        refuse(List.of(new RouteFault(null, 0, null, "ROUTES_DIR can't be read")));
      }
    }
    return false;
  }

  private void refuse(List<RouteFault> faults) {
    String why = new RoutesRefusedException(faults, null).getMessage();
    failures.incrementAndGet();
    state = state.refused(String.valueOf(why), clock.instant());
    LOG.error("routes refused, version {} stays in force: {}", state.version(), why);
    Consumer<String> listener = refused;
    if (listener != null) {
      String message = "Version " + state.version() + " stays in force: " + why;
      safely(() -> listener.accept(message));
    }
  }

  /** Callers see the next generation; the one before ends when its last caller is served. */
  private void show(Generation next) {
    Generation before = current;
    var passed = front.open(next.doors());
    shown.become(next.providers());
    current = next;
    generations.incrementAndGet();
    state =
        new RouteState(
            next.number(),
            next.set().digest(),
            next.context().getRoutesSize(),
            next.loadedAt(),
            null,
            null);
    inForce = new InForce(state, files(next));
    if (before != null) {
      Ending old = new Ending(before);
      passed.thenRun(() -> old.passed = true);
      ending.add(old);
    }
  }

  /** An earlier generation, and whether new callers can't be on the way to it any more. */
  private static final class Ending {
    private final Generation generation;
    private volatile boolean passed;

    Ending(Generation generation) {
      this.generation = generation;
    }
  }

  private boolean ended(Ending old) {
    if (!old.passed || front.underWay(old.generation.doors()) > 0) {
      return false;
    }
    // it may wait for what goes on behind the callers' backs
    daemon(
            () -> {
              old.generation.stop();
              generations.decrementAndGet();
              LOG.debug("routes version {} ended", old.generation.number());
            },
            "routes-end")
        .start();
    return true;
  }

  private static Thread daemon(Runnable task, String name) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    return thread;
  }

  /** Looks at nothing any more and ends all routes; callers must have been served. */
  @Override
  public void close() {
    timer.shutdownNow();
    ending.forEach(old -> old.generation.stop());
    Generation last = current;
    if (last != null) {
      last.stop();
    }
  }
}
