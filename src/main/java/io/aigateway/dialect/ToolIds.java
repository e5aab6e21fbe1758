package io.aigateway.dialect;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Which id has a tool call in the request that is sent? Anthropic and Bedrock take only {@code
 * ^[a-zA-Z0-9_-]+$} and each id once in a conversation, Bedrock at most 64 characters, while other
 * providers' ids may hold anything, be empty, or begin anew in every answer. One instance a
 * request, one thread.
 */
public final class ToolIds {
  private static final int LONGEST = 64;

  /** For the number that tells ids apart that were cut to the same. */
  private static final int ROOM = 6;

  private final Set<String> used = new HashSet<>();
  private final Map<String, Deque<String>> waiting = new HashMap<>();
  private final Map<String, String> latest = new HashMap<>();

  /** Says that another assistant turn begins: calls without a result will not get one any more. */
  public void turn() {
    waiting.clear();
  }

  /** The id for the next call whose own id is {@code id}. */
  public String call(String id) {
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
  public String result(String id) {
    Deque<String> calls = waiting.get(id);
    String next = calls == null ? null : calls.poll();
    return next == null ? latest.getOrDefault(id, clean(id)) : next;
  }

  private static String clean(String id) {
    String bare = Signatures.bare(id);
    if (bare.isEmpty()) {
      return "call";
    }
    String clean = bare.replaceAll("[^a-zA-Z0-9_-]", "_");
    return clean.length() <= LONGEST ? clean : clean.substring(0, LONGEST - ROOM);
  }
}
