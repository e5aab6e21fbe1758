package io.aigateway.shared;

/** Redis was not asked, or gave no answer in time: whoever asked goes on alone. */
public final class RedisAwayException extends RuntimeException {
  private final Outage outage;

  RedisAwayException(Outage outage) {
    super("Redis " + outage.text(), null, false, false);
    this.outage = outage;
  }

  public Outage outage() {
    return outage;
  }
}
