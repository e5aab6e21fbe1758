package io.aigateway.limit;

/** The times of accepted requests, oldest first, as far back as counts. Not thread-safe. */
final class Window {
  private static final int SMALLEST = 8;

  private final long length;
  private long[] times = new long[SMALLEST];
  private int first;
  private int count;

  /**
   * @param length how long a request counts, in the unit of all times here
   */
  Window(long length) {
    this.length = length;
  }

  /** Forgets what doesn't count any more, and says how many do. */
  int used(long now) {
    while (count > 0 && now - times[first] >= length) {
      first = (first + 1) % times.length;
      count--;
    }
    return count;
  }

  /** How long until fewer than {@code max} of those {@link #used} count. */
  long untilBelow(int max, long now) {
    return times[(first + count - max) % times.length] + length - now;
  }

  /** How long until one less counts. */
  long untilLess(long now) {
    return count == 0 ? length : times[first] + length - now;
  }

  void add(long now) {
    if (count == times.length) {
      long[] larger = new long[times.length * 2];
      System.arraycopy(times, first, larger, 0, times.length - first);
      System.arraycopy(times, 0, larger, times.length - first, first);
      times = larger;
      first = 0;
    }
    times[(first + count) % times.length] = now;
    count++;
  }
}
