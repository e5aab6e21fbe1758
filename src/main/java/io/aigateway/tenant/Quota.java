package io.aigateway.tenant;

import org.jspecify.annotations.Nullable;

/**
 * How much may be asked for?
 *
 * @param requestsPerMinute null for no limit
 * @param concurrency requests at the same time, null for no limit
 */
public record Quota(@Nullable Integer requestsPerMinute, @Nullable Integer concurrency) {
  public static final Quota NONE = new Quota(null, null);

  public boolean isNone() {
    return requestsPerMinute == null && concurrency == null;
  }
}
