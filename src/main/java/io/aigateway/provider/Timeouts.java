package io.aigateway.provider;

import java.time.Duration;

/**
 * How long is a provider waited for?
 *
 * @param connect until the connection stands, TLS included
 * @param firstByte until the first byte of a streamed answer; a whole answer has until {@code call}
 * @param idle between two pieces of an answer
 * @param call from the first byte sent until the answer's end
 */
public record Timeouts(Duration connect, Duration firstByte, Duration idle, Duration call) {
  public Timeouts {
    check("connectTimeout", connect);
    check("firstByteTimeout", firstByte);
    check("idleTimeout", idle);
    check("callTimeout", call);
  }

  private static void check(String name, Duration value) {
    if (value.isNegative() || value.isZero() || value.compareTo(Duration.ofDays(1)) > 0) {
      throw new IllegalArgumentException(
          name + " is " + value + "; accepted: more than 0 and at most 1 day");
    }
  }
}
