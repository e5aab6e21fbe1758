package io.aigateway.edge;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Which route's door serves this path? Exact paths first, then the longest prefix; a path that is
 * known under other methods only goes to the doors for prefixes. Read by all event loops, changed
 * when routes start and stop.
 *
 * @param <D> the door
 */
final class Routing<D> {

  /** A door that is open. */
  private record Entry<D>(String path, boolean prefix, Set<String> methods, D door) {
    boolean takes(String method) {
      return methods.isEmpty() || methods.contains(method);
    }
  }

  private record Table<D>(Map<String, List<Entry<D>>> exact, List<Entry<D>> prefixes) {}

  private final List<Entry<D>> entries = new ArrayList<>();
  private volatile Table<D> table = new Table<>(Map.of(), List.of());

  /**
   * @param methods upper case; empty for all
   */
  synchronized void open(String path, boolean prefix, Set<String> methods, D door) {
    entries.removeIf(entry -> entry.door() == door);
    entries.add(new Entry<>(path, prefix, Set.copyOf(methods), door));
    rebuild();
  }

  synchronized void close(D door) {
    entries.removeIf(entry -> entry.door() == door);
    rebuild();
  }

  private void rebuild() {
    Map<String, List<Entry<D>>> exact = new HashMap<>();
    List<Entry<D>> prefixes = new ArrayList<>();
    for (Entry<D> entry : entries) {
      if (entry.prefix()) {
        prefixes.add(entry);
      } else {
        exact.computeIfAbsent(entry.path(), path -> new ArrayList<>()).add(entry);
      }
    }
    prefixes.sort(Comparator.comparingInt((Entry<D> entry) -> entry.path().length()).reversed());
    table = new Table<>(exact, List.copyOf(prefixes));
  }

  /** The door for the request, or null. */
  @Nullable D find(String method, String path) {
    Table<D> now = table;
    List<Entry<D>> doors = now.exact().get(path);
    if (doors != null) {
      for (Entry<D> entry : doors) {
        if (entry.takes(method)) {
          return entry.door();
        }
      }
    }
    for (Entry<D> entry : now.prefixes()) {
      if (path.startsWith(entry.path()) && entry.takes(method)) {
        return entry.door();
      }
    }
    return null;
  }

  /** The methods under which exactly this path is served; empty when it is unknown. */
  Set<String> methods(String path) {
    List<Entry<D>> doors = table.exact().get(path);
    if (doors == null) {
      return Set.of();
    }
    Set<String> all = new TreeSet<>();
    doors.forEach(entry -> all.addAll(entry.methods()));
    return all;
  }
}
