package io.aigateway.targets;

import java.util.ArrayList;
import java.util.List;

/**
 * The shares of the targets of a rule.
 *
 * @param each one for each target; 0 is asked only when no other serves
 */
record Weights(List<Integer> each) {
  private static final int LARGEST = 1_000_000;

  Weights {
    each = List.copyOf(each);
  }

  /** All the same. */
  static Weights equal(int targets) {
    return new Weights(java.util.Collections.nCopies(targets, 1));
  }

  /**
   * @param option the name of what is read, for the message
   * @throws IllegalArgumentException when that is not one whole number a target
   */
  static Weights of(String option, String text, String delimiter, int targets) {
    List<Integer> read = new ArrayList<>();
    long sum = 0;
    for (String part : text.split(java.util.regex.Pattern.quote(delimiter), -1)) {
      int weight = number(part.trim());
      if (weight < 0 || weight > LARGEST) {
        throw wrong(option, text, targets);
      }
      read.add(weight);
      sum += weight;
    }
    if (read.size() != targets || sum == 0) {
      throw wrong(option, text, targets);
    }
    return new Weights(read);
  }

  private static int number(String text) {
    try {
      return Integer.parseInt(text);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static IllegalArgumentException wrong(String option, String text, int targets) {
    return new IllegalArgumentException(
        option
            + " is '"
            + text
            + "' for "
            + targets
            + " targets; accepted: "
            + targets
            + " whole numbers from 0 to "
            + LARGEST
            + ", one of them above 0");
  }
}
