package io.aigateway.dialect.ollama;

import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;

/**
 * Which id has a tool call to which Ollama gave none? The same for the same answer, another for
 * each call of an answer, and, because the answer's time is in it, another in the next answer. One
 * instance an answer, one thread.
 */
final class CallIds {
  private final Set<String> used = new HashSet<>();
  private int calls;

  /**
   * @param given Ollama's own id, or empty
   * @param seed what tells this call from those of other answers
   */
  String next(String given, String seed) {
    int call = calls++;
    if (!given.isEmpty() && used.add(given)) {
      return given;
    }
    byte[] name = (call + "\n" + seed).getBytes(StandardCharsets.UTF_8);
    String made = "call_" + UUID.nameUUIDFromBytes(name).toString().replace("-", "");
    used.add(made);
    return made;
  }
}
