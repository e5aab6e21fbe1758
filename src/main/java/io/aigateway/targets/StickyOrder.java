package io.aigateway.targets;

import java.util.List;
import java.util.function.Function;
import org.apache.camel.Exchange;

/**
 * The same key begins with the same target, by its share, on every replica: each target draws a
 * number from the key and its own name, the highest begins, the next highest follows. A target that
 * comes or goes moves only the keys that it gets or had.
 *
 * <p>Source: weighted rendezvous hashing, Schindelhauer and Schomaker, 2005.
 */
final class StickyOrder implements Order {
  private final Function<Exchange, String> key;
  private final long[] seeds;
  private final double[] weights;

  /**
   * @param names of the targets, in their order
   */
  StickyOrder(List<String> names, Weights shares, Function<Exchange, String> key) {
    this.key = key;
    this.seeds = names.stream().mapToLong(name -> hash(0xcbf29ce484222325L, name)).toArray();
    this.weights = shares.each().stream().mapToDouble(Integer::doubleValue).toArray();
  }

  @Override
  public int[] of(Exchange exchange) {
    String value = key.apply(exchange);
    int count = seeds.length;
    double[] drawn = new double[count];
    int[] all = new int[count];
    for (int i = 0; i < count; i++) {
      drawn[i] = weights[i] == 0 ? -1 - i : weights[i] / -Math.log(point(hash(seeds[i], value)));
      int at = i;
      while (at > 0 && drawn[all[at - 1]] < drawn[i]) {
        all[at] = all[at - 1];
        at--;
      }
      all[at] = i;
    }
    return all;
  }

  /** Between 0 and 1, without both. */
  private static double point(long hash) {
    return ((hash >>> 11) + 0.5) * 0x1.0p-53;
  }

  /** FNV-1a, and then mixed as SplitMix64 does: equal everywhere and always. */
  private static long hash(long seed, String text) {
    long hash = seed;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
    hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
    return hash ^ hash >>> 31;
  }
}
