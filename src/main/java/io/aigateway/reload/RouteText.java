package io.aigateway.reload;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What stands in a scalar of a route file: functions of the simple language, and placeholders. */
final class RouteText {
  private static final Pattern FUNCTION = Pattern.compile("\\$(?:simple)?\\{([^}]*)}?");
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{\\{([^{}]*)");
  private static final Pattern INNERMOST = Pattern.compile("\\{\\{([^{}]*)}}");
  private static final Pattern KEY = Pattern.compile("([A-Za-z0-9_.-]+)(:.*)?", Pattern.DOTALL);
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-]+");

  /** Camel's functions between double braces; they reach around the gateway's settings. */
  private static final Pattern LOOK_UP = Pattern.compile("[a-z0-9-]+|service\\.[a-z]+");

  private RouteText() {}

  /** The functions of the simple language in a text, without their braces. */
  static List<String> functions(String text) {
    List<String> found = new ArrayList<>();
    Matcher matcher = FUNCTION.matcher(text);
    while (matcher.find()) {
      found.add(matcher.group(1).strip());
    }
    return found;
  }

  /** Whether {@code function} is one of {@code accepted}, where {@code x.*} stands for one name. */
  static boolean accepts(Iterable<String> accepted, String function) {
    for (String pattern : accepted) {
      if (pattern.endsWith(".*")) {
        String head = pattern.substring(0, pattern.length() - 2);
        if (function.length() > head.length() + 1
            && function.startsWith(head)
            && ".:".indexOf(function.charAt(head.length())) >= 0
            && NAME.matcher(function.substring(head.length() + 1)).matches()) {
          return true;
        }
      } else if (pattern.equals(function)) {
        return true;
      }
    }
    return false;
  }

  /** Tells {@code faulty} of each placeholder that may not be used. */
  static void placeholders(String text, Consumer<String> faulty) {
    Matcher matcher = PLACEHOLDER.matcher(text);
    while (matcher.find()) {
      Matcher key = KEY.matcher(matcher.group(1).strip());
      if (!key.matches() || key.group(2) != null && LOOK_UP.matcher(key.group(1)).matches()) {
        faulty.accept(
            "{{"
                + matcher.group(1)
                + "}} is not accepted; accepted: {{NAME}} or {{NAME:default}} of a setting");
      } else if (Secrets.isSecret(key.group(1))) {
        faulty.accept(
            "{{" + key.group(1) + "}} is a secret; accepted: names of settings that are none");
      }
    }
  }

  /**
   * The text with its placeholders filled in.
   *
   * @param settings the value of a setting, or null
   * @throws IllegalArgumentException for a setting that is not there and has no default
   */
  static String fill(String text, Function<String, @Nullable String> settings) {
    String filled = text;
    Matcher matcher = INNERMOST.matcher(filled);
    while (matcher.find()) {
      String key = matcher.group(1).strip();
      int colon = key.indexOf(':');
      String name = colon < 0 ? key : key.substring(0, colon);
      String value = settings.apply(name);
      if (value == null && colon < 0) {
        throw new IllegalArgumentException(name + " is not set and has no default");
      }
      filled =
          filled.substring(0, matcher.start())
              + (value == null ? key.substring(colon + 1) : value)
              + filled.substring(matcher.end());
      matcher = INNERMOST.matcher(filled);
    }
    return filled;
  }
}
