package io.aigateway.dialect;

import io.aigateway.wire.Ascii;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Where in a body's bytes do ids of tool calls carry another provider's proof, which a provider of
 * the caller's own dialect must not see, and may not take for its length? One pass, without reading
 * JSON.
 *
 * @see Signatures
 */
public final class SealedIds {
  private static final byte[] SEAL = ascii("__sig-");
  private static final byte[] ID = ascii("\"id\"");
  private static final byte[] OPENAI_RESULT = ascii("\"tool_call_id\"");
  private static final byte[] RESPONSES_CALL = ascii("\"call_id\"");
  private static final byte[] ANTHROPIC_RESULT = ascii("\"tool_use_id\"");
  private static final byte[] NOTHING = {};

  private SealedIds() {}

  /** Takes all proofs out. */
  public static void cut(byte[] body, Edits edits) {
    for (Proof proof : in(body)) {
      edits.replace(proof.start(), proof.end(), NOTHING);
    }
  }

  /** A proof's bytes: from {@code start}, up to but not including {@code end}. */
  private record Proof(int start, int end) {}

  private static List<Proof> in(byte[] body) {
    List<Proof> all = List.of();
    for (int i = 1; i + SEAL.length < body.length; i++) {
      if (body[i] != '_' || !Arrays.equals(body, i, i + SEAL.length, SEAL, 0, SEAL.length)) {
        continue;
      }
      int end = i;
      while (end < body.length && isOfId(body[end])) {
        end++;
      }
      if (end < body.length && body[end] == '"' && isId(body, i)) {
        all = all.isEmpty() ? new ArrayList<>(2) : all;
        all.add(new Proof(i, end));
      }
      i = end;
    }
    return all;
  }

  /** Whether the text before the proof is the value of a field that holds an id. */
  private static boolean isId(byte[] body, int seal) {
    int at = seal - 1;
    while (at >= 0 && isOfId(body[at])) {
      at--;
    }
    if (at < 0 || body[at] != '"') {
      return false;
    }
    at = before(body, at);
    if (at < 0 || body[at] != ':') {
      return false;
    }
    int end = before(body, at) + 1;
    return endsWith(body, end, ID)
        || endsWith(body, end, OPENAI_RESULT)
        || endsWith(body, end, RESPONSES_CALL)
        || endsWith(body, end, ANTHROPIC_RESULT);
  }

  private static int before(byte[] body, int from) {
    int at = from - 1;
    while (at >= 0 && Ascii.isSpace(body[at])) {
      at--;
    }
    return at;
  }

  private static boolean endsWith(byte[] body, int end, byte[] word) {
    return end >= word.length && Arrays.equals(body, end - word.length, end, word, 0, word.length);
  }

  private static boolean isOfId(byte b) {
    return b >= 'a' && b <= 'z'
        || b >= 'A' && b <= 'Z'
        || b >= '0' && b <= '9'
        || b == '_'
        || b == '-';
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
