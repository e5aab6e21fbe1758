package io.aigateway.provider;

import java.time.Duration;

/**
 * How many calls may a provider have under way, in this process?
 *
 * @param maxConcurrent calls under way; a stream is one until its end
 * @param maxQueue how many more may wait
 * @param queueTimeout how long they wait
 */
record GateSettings(int maxConcurrent, int maxQueue, Duration queueTimeout) {
  GateSettings {
    if (maxConcurrent < 1) {
      throw new IllegalArgumentException(
          "maxConcurrent is " + maxConcurrent + "; accepted: 1 or more, or 0 for no limit");
    }
    if (maxQueue < 0) {
      throw new IllegalArgumentException("maxQueue is " + maxQueue + "; accepted: 0 or more");
    }
    if (queueTimeout.toMillis() < 1) {
      throw new IllegalArgumentException(
          "queueTimeout is " + queueTimeout.toMillis() + " ms; accepted: 1ms or more");
    }
  }
}
