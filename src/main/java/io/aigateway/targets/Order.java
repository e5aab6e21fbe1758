package io.aigateway.targets;

import java.util.concurrent.atomic.AtomicInteger;
import org.apache.camel.Exchange;

/**
 * In which order are the targets of a rule asked? The positions are those of the YAML file, the
 * first is 0. For all threads.
 */
interface Order {

  /** All positions, the one to ask first in front; the array must not be changed. */
  int[] of(Exchange exchange);

  /** Whether it wants to know how long targets take. */
  default boolean isTimed() {
    return false;
  }

  /** The target at this position served; told to orders that aren't timed. */
  default void served(int position) {}

  /**
   * The target at this position served or failed; told to orders that are timed.
   *
   * @param nanos until the first content of a stream, else until the whole answer
   */
  default void ended(int position, Exchange exchange, long nanos, boolean served) {}

  /** As they are written. */
  static Order written(int targets) {
    int[] all = from(0, targets);
    return exchange -> all;
  }

  /** Each begins in its turn. */
  static Order turns(int targets) {
    int[][] rotations = rotations(targets);
    AtomicInteger next = new AtomicInteger();
    return exchange -> rotations[Math.floorMod(next.getAndIncrement(), targets)];
  }

  /** The one that served last begins. */
  static Order lastGood(int targets) {
    return new LastGood(rotations(targets));
  }

  private static int[][] rotations(int targets) {
    int[][] rotations = new int[targets][];
    for (int first = 0; first < targets; first++) {
      rotations[first] = from(first, targets);
    }
    return rotations;
  }

  private static int[] from(int first, int targets) {
    int[] all = new int[targets];
    for (int i = 0; i < targets; i++) {
      all[i] = (first + i) % targets;
    }
    return all;
  }

  /** The position in front, the others as they are written. */
  static int[] firstThenWritten(int first, int targets) {
    int[] all = new int[targets];
    all[0] = first;
    int at = 1;
    for (int i = 0; i < targets; i++) {
      if (i != first) {
        all[at++] = i;
      }
    }
    return all;
  }

  /** See {@link #lastGood}. */
  final class LastGood implements Order {
    private final int[][] rotations;
    private volatile int good;

    private LastGood(int[][] rotations) {
      this.rotations = rotations;
    }

    @Override
    public int[] of(Exchange exchange) {
      return rotations[good];
    }

    @Override
    public void served(int position) {
      if (good != position) {
        good = position;
      }
    }
  }
}
