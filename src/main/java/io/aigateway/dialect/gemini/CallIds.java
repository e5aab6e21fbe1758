package io.aigateway.dialect.gemini;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Which id has a tool call to which Gemini gave none, or one that callers can't hold? The same for
 * the same answer, another for each call of an answer, and, because the answer's id is in it,
 * another in the next answer. One instance an answer, one thread.
 */
final class CallIds {
  private static final Pattern PLAIN = Pattern.compile("[a-zA-Z0-9_-]{1,64}");

  private final Set<String> used = new HashSet<>();
  private int calls;

  /**
   * @param given Gemini's own id, or empty
   * @param seed what tells this call from those of other answers
   */
  String next(String given, String seed) {
    int call = calls++;
    if (PLAIN.matcher(given).matches() && !given.contains("__sig-") && used.add(given)) {
      return given;
    }
    byte[] name = (call + "\n" + seed).getBytes(StandardCharsets.UTF_8);
    String made = "call_" + UUID.nameUUIDFromBytes(name).toString().replace("-", "");
    used.add(made);
    return made;
  }
}
