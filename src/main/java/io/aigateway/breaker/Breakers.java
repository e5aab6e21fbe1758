package io.aigateway.breaker;

import io.aigateway.tenant.OwnCredential;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * All breakers of the process, by name: a provider's, or {@code provider/target} where a provider
 * has several credentials or endpoints. They outlive the routes that use them, so that an edited
 * route keeps its breaker's state. Beside them those of tenants' own credentials, which nobody
 * lists or shares: a tenant's wrong key is nobody else's business. For all threads.
 */
public final class Breakers {
  /** Who was called longest ago is forgotten first; a forgotten breaker is a closed one. */
  static final int MOST_OWN = 10_000;

  private final Map<String, Breaker> byName = new ConcurrentSkipListMap<>();
  private final Map<Own, Breaker> owns =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Own, Breaker> eldest) {
          return size() > MOST_OWN;
        }
      };
  private final List<Consumer<Breaker>> watchers = new ArrayList<>();
  private final LongSupplier clock;
  private final String self;
  private final Breaker.Listener listener;

  /**
   * @param clock monotonic, nanoseconds
   */
  public Breakers(LongSupplier clock, Breaker.Listener listener) {
    this(clock, "this replica", listener);
  }

  /**
   * @param clock monotonic, nanoseconds
   * @param self the name of this replica, as others will see it
   */
  public Breakers(LongSupplier clock, String self, Breaker.Listener listener) {
    this.clock = clock;
    this.self = self;
    this.listener = listener;
  }

  /** The breaker of this name, with these numbers from now on. */
  public synchronized Breaker get(String name, BreakerSettings settings) {
    Breaker known = byName.get(name);
    if (known != null) {
      known.configure(settings);
      return known;
    }
    Breaker created = new Breaker(name, self, settings, clock, listener);
    byName.put(name, created);
    watchers.forEach(watcher -> watcher.accept(created));
    return created;
  }

  /** Whose is a breaker of a tenant's own credential? Each breaker of all tenants has its own. */
  private record Own(String breaker, String credential) {}

  /**
   * The breaker of a tenant's own credential in place of the one of all tenants, of this replica
   * alone.
   *
   * @param breaker the name of the one of all tenants
   * @param settings the numbers of that one
   */
  Breaker ofOwn(OwnCredential credential, String breaker, BreakerSettings settings) {
    Own key = new Own(breaker, credential.id());
    synchronized (owns) {
      Breaker known = owns.get(key);
      if (known == null) {
        String name = breaker + "/tenant:" + credential.tenant();
        known = new Breaker(name, self, settings, clock, listener);
        owns.put(key, known);
      } else if (!known.settings().equals(settings)) {
        known.configure(settings);
      }
      return known;
    }
  }

  /** Tells {@code watcher} of every breaker, those that are there and those that come. */
  public synchronized void onNew(Consumer<Breaker> watcher) {
    watchers.add(watcher);
    byName.values().forEach(watcher);
  }

  public @Nullable Breaker find(String name) {
    return byName.get(name);
  }

  /** All of them, by name. */
  public Collection<Breaker> all() {
    return byName.values();
  }
}
