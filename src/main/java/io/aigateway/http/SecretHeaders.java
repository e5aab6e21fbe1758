package io.aigateway.http;

import java.util.Locale;
import java.util.Set;

/** Which headers of a caller may no route see? Those that carry its key. */
public final class SecretHeaders {
  private static final Set<String> NAMES =
      Set.of("authorization", "x-api-key", "api-key", "cookie", "proxy-authorization");

  private SecretHeaders() {}

  /** Whether the header of this name, in any case, is one of them. */
  public static boolean has(String name) {
    return NAMES.contains(name.toLowerCase(Locale.ROOT));
  }
}
