package io.aigateway.auth;

import io.aigateway.call.Caller;
import io.aigateway.tenant.Grant;
import io.aigateway.tenant.OwnCredential;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/** A key that is known: whose it is, and until when it is good. For all threads. */
final class Known {
  private final Caller caller;
  private final boolean enabled;
  private final long endsMillis;
  private final AtomicBoolean toTell = new AtomicBoolean();
  private volatile long usedSeconds;

  Known(Grant grant, Map<String, OwnCredential> ownCredentials) {
    this.caller = Caller.of(grant, ownCredentials);
    this.enabled = grant.tenant().enabled();
    Instant end = grant.key().endsAt();
    this.endsMillis = end == null ? Long.MAX_VALUE : end.toEpochMilli();
    Instant used = grant.key().lastUsedAt();
    this.usedSeconds = used == null ? 0 : used.getEpochSecond();
  }

  Caller caller() {
    return caller;
  }

  boolean isGood(long nowMillis) {
    return enabled && nowMillis < endsMillis;
  }

  /** Notes a use; true when it is the first since {@link #told}. */
  boolean used(long nowMillis) {
    long seconds = nowMillis / 1000;
    if (usedSeconds == seconds) {
      return false;
    }
    usedSeconds = seconds;
    return !toTell.get() && toTell.compareAndSet(false, true);
  }

  /** The last use is about to be stored. */
  Instant told() {
    toTell.set(false);
    return Instant.ofEpochSecond(usedSeconds);
  }
}
