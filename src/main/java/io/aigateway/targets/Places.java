package io.aigateway.targets;

import java.util.concurrent.atomic.AtomicInteger;

/** A number of places, taken and left; nobody waits for one. For all threads. */
public final class Places {
  private final int count;
  private final AtomicInteger taken = new AtomicInteger();

  public Places(int count) {
    this.count = count;
  }

  /** False when all are taken. */
  boolean take() {
    if (taken.incrementAndGet() > count) {
      taken.decrementAndGet();
      return false;
    }
    return true;
  }

  void leave() {
    taken.decrementAndGet();
  }
}
