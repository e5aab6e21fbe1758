package io.aigateway.limit;

/**
 * May the request go on?
 *
 * @param refusedBy what says no, or {@link RefusedBy#NOTHING}
 * @param waitMillis when refused, how long until it would not be
 * @param limit requests a minute, of the tighter window; negative when there is none
 * @param remaining of that limit, after this request
 * @param resetMillis how long until more of it remains
 * @param release gives back what the request holds while it goes on; harmless when called again
 */
record Decision(
    RefusedBy refusedBy,
    long waitMillis,
    long limit,
    long remaining,
    long resetMillis,
    Runnable release) {

  /** The limits, in the order in which the script knows them. */
  enum RefusedBy {
    NOTHING(""),
    TENANT_RATE("the tenant's limit of requests a minute is used up"),
    KEY_RATE("the key's limit of requests a minute is used up"),
    TENANT_CONCURRENCY("the tenant has as many requests under way as it may"),
    KEY_CONCURRENCY("the key has as many requests under way as it may");

    private final String text;

    RefusedBy(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  static final Runnable NOTHING_HELD = () -> {};

  boolean isGranted() {
    return refusedBy == RefusedBy.NOTHING;
  }
}
