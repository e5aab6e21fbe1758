package io.aigateway.dialect.anthropic;

import io.aigateway.dialect.Signatures;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which id has a tool call in the request that is sent? Anthropic takes only {@code
 * ^[a-zA-Z0-9_-]+$} and each id once in a conversation, while other providers' ids may hold
 * anything, be empty, or begin anew in every answer. One instance a request, one thread.
 */
final class ToolIds {
  private final Set<String> used = new HashSet<>();
  private final Map<String, Deque<String>> waiting = new HashMap<>();
  private final Map<String, String> latest = new HashMap<>();

  /** Says that another assistant turn begins: calls without a result will not get one any more. */
  void turn() {
    waiting.clear();
  }

  /** The id for the next call whose own id is {@code id}. */
  String call(String id) {
    String clean = clean(id);
    String free = clean;
    for (int n = 2; !used.add(free); n++) {
      free = clean + "_" + n;
    }
    waiting.computeIfAbsent(id, key -> new ArrayDeque<>()).add(free);
    latest.put(id, free);
    return free;
  }

  /** The id of the call that a result for {@code id} answers; the oldest call without one. */
  String result(String id) {
    Deque<String> calls = waiting.get(id);
    String next = calls == null ? null : calls.poll();
    return next == null ? latest.getOrDefault(id, clean(id)) : next;
  }

  private static String clean(String id) {
    String bare = Signatures.bare(id);
    return bare.isEmpty() ? "call" : bare.replaceAll("[^a-zA-Z0-9_-]", "_");
  }
}
