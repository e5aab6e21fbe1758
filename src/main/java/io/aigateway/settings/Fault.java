package io.aigateway.settings;

import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is wrong with one setting, or with several that don't go together?
 *
 * @param variables all that take part
 * @param line one line: the variable, its value unless that must stay hidden, the problem, the
 *     accepted form
 */
public record Fault(Set<Variable> variables, String line) {
  private static final int SHOWN = 80;

  public Fault {
    variables = Set.copyOf(variables);
  }

  /** A value that is wrong by itself; {@code problem} follows the value, as "is out of range". */
  static Fault of(Variable variable, String value, String problem) {
    return new Fault(
        Set.of(variable),
        assignment(variable, value) + " " + problem + "; accepted: " + variable.accepted());
  }

  /** Values that are wrong together. */
  static Fault among(Set<Variable> variables, String problem, String accepted) {
    return new Fault(variables, problem + "; accepted: " + accepted);
  }

  /** {@code NAME=value}, or {@code NAME} alone where the value must not be shown. */
  static String assignment(Variable variable, String value) {
    return variable.disclosure() == Variable.Disclosure.SHOWN
        ? variable.name() + "=" + oneLine(value)
        : variable.name();
  }

  private static String oneLine(String value) {
    String start = value.length() > SHOWN ? value.substring(0, SHOWN) + "…" : value;
    return start
        .codePoints()
        .mapToObj(
            c -> Character.isISOControl(c) ? String.format("\\u%04x", c) : Character.toString(c))
        .collect(Collectors.joining());
  }
}
