package io.aigateway.fake;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what another thread signals, never longer than it was told. */
final class Waiting {
  private Waiting() {}

  static void until(
      Lock lock,
      Condition changed,
      Duration atMost,
      BooleanSupplier reached,
      Supplier<String> otherwise) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      while (!reached.getAsBoolean()) {
        if (left <= 0) {
          throw new AssertionError(otherwise.get() + " after " + atMost.toMillis() + " ms");
        }
        left = changed.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    } finally {
      lock.unlock();
    }
  }
}
