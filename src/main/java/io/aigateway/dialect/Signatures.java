package io.aigateway.dialect;

import org.jspecify.annotations.Nullable;

/**
 * How does the proof that a provider attaches to its thoughts come back to that provider, and to no
 * other? Callers give back what they were given: the id of a tool call in every dialect, the
 * signature of a thought in some. So the proof rides in them, with its provider's name, by which
 * every other provider's dialect knows that it must be left out. For all threads.
 *
 * <p>An id keeps to {@code [a-zA-Z0-9_-]}, which all dialects of callers allow.
 */
public final class Signatures {
  private static final String SEAL = "__sig-";

  private Signatures() {}

  /**
   * The id that carries the proof; the id alone when the proof is not base64.
   *
   * @param provider lower-case letters
   */
  public static String sealed(String id, String provider, String signature) {
    StringBuilder all = new StringBuilder(id.length() + signature.length() + 16);
    all.append(id).append(SEAL).append(provider).append('-');
    int start = all.length();
    for (int i = 0; i < signature.length(); i++) {
      char c = signature.charAt(i);
      if (c == '+' || c == '-') {
        all.append('-');
      } else if (c == '/' || c == '_') {
        all.append('_');
      } else if (isAlphanumeric(c)) {
        all.append(c);
      } else if (c != '=') {
        return id;
      }
    }
    return all.length() == start ? id : all.toString();
  }

  /** The id without a proof, as any provider may see it. */
  public static String bare(String id) {
    int seal = id.indexOf(SEAL);
    return seal < 0 ? id : id.substring(0, seal);
  }

  /** The proof that {@code provider} put into the id, as padded base64, or null. */
  public static @Nullable String sealedIn(String id, String provider) {
    int seal = id.indexOf(SEAL);
    String name = provider + "-";
    if (seal < 0 || !id.startsWith(name, seal + SEAL.length())) {
      return null;
    }
    String data = id.substring(seal + SEAL.length() + name.length());
    if (data.isEmpty()) {
      return null;
    }
    return data.replace('-', '+').replace('_', '/') + "=".repeat((4 - data.length() % 4) % 4);
  }

  /** The signature of a thought, with its provider's name. */
  public static String marked(String provider, String signature) {
    return provider + ":" + signature;
  }

  /** Whether a provider's name stands before the signature; base64 has no colon. */
  public static boolean isMarked(String signature) {
    return signature.indexOf(':') >= 0;
  }

  /** The signature that {@code provider} marked, or null. */
  public static @Nullable String own(String provider, @Nullable String marked) {
    return marked != null && marked.startsWith(provider + ":")
        ? marked.substring(provider.length() + 1)
        : null;
  }

  private static boolean isAlphanumeric(char c) {
    return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
  }
}
