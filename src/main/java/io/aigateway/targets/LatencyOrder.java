package io.aigateway.targets;

import io.aigateway.call.Call;
import java.time.Duration;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/**
 * Of two targets drawn by lot the one begins that was quicker lately; the others follow, quickest
 * first. Streams are compared by their first content, whole answers by their end, apart. What was
 * measured fades, so that a target that was slow is tried again.
 */
final class LatencyOrder implements Order {
  /** The share of a new measurement. */
  private static final double FRESH = 0.3;

  /** A failure counts as an answer at least as slow as this, and twice as slow as before. */
  private static final double FAILED_NANOS = 100e6;

  private static final double SLOWEST_NANOS = Duration.ofMinutes(5).toNanos();

  private final int count;
  private final double halfLifeNanos;
  private final LongSupplier clock;
  private final DoubleSupplier random;

  /** By kind of answer, then by position; negative before the first measurement. */
  private final double[][] nanos;

  private final long[][] measuredAt;

  /**
   * @param halfLife after so long a measurement counts half
   */
  LatencyOrder(int targets, Duration halfLife, LongSupplier clock, DoubleSupplier random) {
    this.count = targets;
    this.halfLifeNanos = halfLife.toNanos();
    this.clock = clock;
    this.random = random;
    this.nanos = new double[2][targets];
    this.measuredAt = new long[2][targets];
    java.util.Arrays.fill(nanos[0], -1);
    java.util.Arrays.fill(nanos[1], -1);
  }

  @Override
  public int[] of(Exchange exchange) {
    int kind = kind(exchange);
    double[] scores = scores(kind);
    int one = draw(count);
    int other = draw(count - 1);
    other += other >= one ? 1 : 0;
    int[] all = Order.firstThenWritten(scores[other] < scores[one] ? other : one, count);
    // a handful: the simplest sort is the quickest
    for (int i = 2; i < count; i++) {
      for (int j = i; j > 1 && scores[all[j]] < scores[all[j - 1]]; j--) {
        int swapped = all[j];
        all[j] = all[j - 1];
        all[j - 1] = swapped;
      }
    }
    return all;
  }

  private int draw(int bound) {
    return Math.min(bound - 1, (int) (random.getAsDouble() * bound));
  }

  private synchronized double[] scores(int kind) {
    long now = clock.getAsLong();
    double[] scores = new double[count];
    for (int i = 0; i < count; i++) {
      double age = now - measuredAt[kind][i];
      scores[i] = nanos[kind][i] < 0 ? -1 : nanos[kind][i] * Math.pow(0.5, age / halfLifeNanos);
    }
    return scores;
  }

  @Override
  public boolean isTimed() {
    return true;
  }

  @Override
  public synchronized void ended(int position, Exchange exchange, long took, boolean served) {
    int kind = kind(exchange);
    double before = nanos[kind][position];
    double after;
    if (!served) {
      after = 2 * Math.max(Math.max(before, took), FAILED_NANOS / 2);
    } else {
      after = before < 0 ? took : before + FRESH * (took - before);
    }
    nanos[kind][position] = Math.min(after, SLOWEST_NANOS);
    measuredAt[kind][position] = clock.getAsLong();
  }

  private static int kind(Exchange exchange) {
    Call call = Call.find(exchange);
    return call != null && call.isRead() && call.head().stream() ? 1 : 0;
  }
}
