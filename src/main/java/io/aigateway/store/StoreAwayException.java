package io.aigateway.store;

import java.time.Duration;

/** The database was not asked, or gave no answer in time. Says nothing of the driver's. */
public final class StoreAwayException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** When it is worth asking again. */
  public static final Duration RETRY_AFTER = Duration.ofSeconds(2);

  public StoreAwayException() {
    super("the database can't be reached", null, false, false);
  }
}
