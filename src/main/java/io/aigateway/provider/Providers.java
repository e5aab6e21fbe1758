package io.aigateway.provider;

import java.util.Collection;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which providers are there? Filled by the {@code llm} endpoints of a set of routes while they
 * start, so that a provider is known as soon as its YAML file is there. For all threads.
 */
public final class Providers {
  private volatile Map<String, Provider> byName = Map.of();

  /** Adds a provider, or replaces the one of the same name. */
  public synchronized void add(Provider provider) {
    Map<String, Provider> next = new TreeMap<>(byName);
    next.put(provider.name(), provider);
    byName = Collections.unmodifiableMap(next);
  }

  /** Becomes what {@code others} are now, all at once. */
  public synchronized void become(Providers others) {
    byName = others.byName;
  }

  public @Nullable Provider find(String name) {
    return byName.get(name);
  }

  public boolean isKnown(String name) {
    return byName.containsKey(name);
  }

  /** All of them, by name. */
  public Collection<Provider> all() {
    return byName.values();
  }
}
