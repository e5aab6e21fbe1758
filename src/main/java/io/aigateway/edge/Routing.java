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
 * Which route's door serves this path? Exact paths first, then those with a segment in braces that
 * stands for any text, then the longest prefix; a path that is known under other methods only goes
 * to the doors for prefixes. Read by all event loops, changed when routes start and stop.
 *
 * @param <D> the door
 */
final class Routing<D> {

  /** A door that is open. */
  private record Entry<D>(String path, boolean prefix, Set<String> methods, D door) {
    boolean takes(String method) {
      return methods.isEmpty() || methods.contains(method);
    }

    boolean isTemplate() {
      return !prefix && path.indexOf('{') >= 0;
    }

    /** Whether each segment of {@code asked} is that of the path, or any where it is in braces. */
    boolean fits(String asked) {
      int mine = 0;
      int theirs = 0;
      while (mine < path.length() && theirs < asked.length()) {
        int end = end(path, mine);
        int askedEnd = end(asked, theirs);
        if (path.startsWith("/{", mine)) {
          if (askedEnd == theirs + 1) {
            return false;
          }
        } else if (end - mine != askedEnd - theirs
            || !path.regionMatches(mine, asked, theirs, end - mine)) {
          return false;
        }
        mine = end;
        theirs = askedEnd;
      }
      return mine == path.length() && theirs == asked.length();
    }

    /** Where the segment that begins with the slash at {@code start} ends. */
    private static int end(String path, int start) {
      int slash = path.indexOf('/', start + 1);
      return slash < 0 ? path.length() : slash;
    }
  }

  private record Table<D>(
      Map<String, List<Entry<D>>> exact, List<Entry<D>> templates, List<Entry<D>> prefixes) {}

  private final List<Entry<D>> entries = new ArrayList<>();
  private volatile Table<D> table = new Table<>(Map.of(), List.of(), List.of());

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
    List<Entry<D>> templates = new ArrayList<>();
    List<Entry<D>> prefixes = new ArrayList<>();
    for (Entry<D> entry : entries) {
      if (entry.prefix()) {
        prefixes.add(entry);
      } else if (entry.isTemplate()) {
        templates.add(entry);
      } else {
        exact.computeIfAbsent(entry.path(), path -> new ArrayList<>()).add(entry);
      }
    }
    prefixes.sort(Comparator.comparingInt((Entry<D> entry) -> entry.path().length()).reversed());
    table = new Table<>(exact, List.copyOf(templates), List.copyOf(prefixes));
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
    for (Entry<D> entry : now.templates()) {
      if (entry.takes(method) && entry.fits(path)) {
        return entry.door();
      }
    }
    for (Entry<D> entry : now.prefixes()) {
      if (path.startsWith(entry.path()) && entry.takes(method)) {
        return entry.door();
      }
    }
    return null;
  }

  /** The methods under which this path is served; empty when it is unknown. */
  Set<String> methods(String path) {
    Table<D> now = table;
    Set<String> all = new TreeSet<>();
    now.exact().getOrDefault(path, List.of()).forEach(entry -> all.addAll(entry.methods()));
    for (Entry<D> entry : now.templates()) {
      if (entry.fits(path)) {
        all.addAll(entry.methods());
      }
    }
    for (Entry<D> entry : now.prefixes()) {
      if (path.startsWith(entry.path())) {
        all.addAll(entry.methods());
      }
    }
    return all;
  }
}
