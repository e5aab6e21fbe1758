package io.aigateway.provider;

import io.aigateway.call.Timers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.BiConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gates of all providers that have one, by name. They outlive the routes, so that an edited
 * file doesn't forget the calls under way. For all threads.
 */
public final class Gates {
  private final Map<String, Gate> byName = new ConcurrentSkipListMap<>();
  private final List<BiConsumer<String, Gate>> watchers = new ArrayList<>();
  private final LongSupplier clock;
  private final Timers timers;

  /**
   * @param clock monotonic, nanoseconds
   */
  public Gates(LongSupplier clock, Timers timers) {
    this.clock = clock;
    this.timers = timers;
  }

  /** The gate of this provider, with these numbers from now on. */
  synchronized Gate get(String provider, GateSettings settings) {
    Gate known = byName.get(provider);
    if (known != null) {
      known.configure(settings);
      return known;
    }
    Gate created = new Gate(settings, clock, timers);
    byName.put(provider, created);
    watchers.forEach(watcher -> watcher.accept(provider, created));
    return created;
  }

  /** Tells {@code watcher} of every gate, those that are there and those that come. */
  public synchronized void onNew(BiConsumer<String, Gate> watcher) {
    watchers.add(watcher);
    byName.forEach(watcher);
  }

  /** The gate of this provider, or null when it has no limit. */
  public @Nullable Gate find(String provider) {
    return byName.get(provider);
  }
}
