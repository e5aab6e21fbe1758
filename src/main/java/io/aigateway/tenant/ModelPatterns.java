package io.aigateway.tenant;

import java.util.List;

/**
 * Which models are allowed? A pattern has {@code *} for any text. One without a slash is about the
 * model's name at any provider, one with a slash about {@code provider/model}. Immutable.
 *
 * @param patterns as written; none allows everything
 */
public record ModelPatterns(List<String> patterns) {
  public static final ModelPatterns ALL = new ModelPatterns(List.of());

  public ModelPatterns {
    patterns = List.copyOf(patterns);
  }

  public boolean allowsEverything() {
    return patterns.isEmpty();
  }

  /**
   * May this name be asked for, before it is known who would serve it?
   *
   * @param provider the provider that the caller insists on, or ""
   */
  public boolean allowsAsking(String provider, String model) {
    if (!provider.isEmpty()) {
      return allowsCalling(provider, model);
    }
    if (patterns.isEmpty()) {
      return true;
    }
    for (String pattern : patterns) {
      int slash = pattern.indexOf('/');
      // what is before the slash is tested when the provider is chosen
      if (matches(pattern, slash + 1, model) || slash >= 0 && matches(pattern, 0, model)) {
        return true;
      }
    }
    return false;
  }

  /** May this model of this provider be called? */
  public boolean allowsCalling(String provider, String model) {
    if (patterns.isEmpty()) {
      return true;
    }
    String whole = null;
    for (String pattern : patterns) {
      if (pattern.indexOf('/') < 0) {
        if (matches(pattern, 0, model)) {
          return true;
        }
      } else {
        if (whole == null) {
          whole = provider + "/" + model;
        }
        if (matches(pattern, 0, whole)) {
          return true;
        }
      }
    }
    return false;
  }

  /** Does {@code text} as a whole match the pattern from {@code start} on? */
  private static boolean matches(String pattern, int start, String text) {
    int p = start;
    int t = 0;
    int star = -1;
    int resume = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        resume = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++resume;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
