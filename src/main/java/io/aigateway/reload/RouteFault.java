package io.aigateway.reload;

import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a set of routes, and where.
 *
 * @param file its name; null when it is none in particular
 * @param line from 1; 0 when it isn't known
 * @param node the id of the node, or the nearest one around it
 * @param problem what is wrong, and what is accepted
 */
public record RouteFault(@Nullable String file, int line, @Nullable String node, String problem) {
  /** What looks like a key, whoever quotes it. */
  private static final Pattern KEY =
      Pattern.compile(
          "(?i)\\b(?:sk|pk|gsk)[-_](?=\\S*[0-9])[A-Za-z0-9_.-]{12,}"
              + "|\\bAIza[A-Za-z0-9_-]{20,}|\\bAKIA[A-Z0-9]{12,}|(?<=bearer )\\S+");

  public RouteFault {
    problem = KEY.matcher(problem).replaceAll("***");
  }

  /** One line for a person. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder();
    if (file != null) {
      line.append(file);
      if (this.line > 0) {
        line.append(':').append(this.line);
      }
      line.append(' ');
    }
    if (node != null) {
      line.append('[').append(node).append("] ");
    }
    return line.append(problem).toString();
  }
}
