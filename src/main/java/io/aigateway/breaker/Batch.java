package io.aigateway.breaker;

import org.jspecify.annotations.Nullable;

/**
 * Outcomes that a replica has counted and not yet reported. Ages are milliseconds at the moment of
 * the report.
 *
 * @param okAgeMillis age of the last success, or -1 for none
 * @param tail failures after that success
 * @param tailAgeMillis age of the first of them
 * @param retryAfterMillis the longest time that a provider asked for, 0 for none
 * @param fatal why the credential was refused, or null
 * @param lastFailure the kind of the last failure, empty for none
 * @param again whether what was counted before is to be looked at again
 */
record Batch(
    int calls,
    int failures,
    long okAgeMillis,
    int tail,
    long tailAgeMillis,
    long retryAfterMillis,
    @Nullable String fatal,
    String lastFailure,
    boolean again) {
  static final Batch EMPTY = new Batch(0, 0, -1, 0, 0, 0, null, "", false);

  Batch(
      int calls,
      int failures,
      long okAgeMillis,
      int tail,
      long tailAgeMillis,
      long retryAfterMillis,
      @Nullable String fatal,
      String lastFailure) {
    this(
        calls,
        failures,
        okAgeMillis,
        tail,
        tailAgeMillis,
        retryAfterMillis,
        fatal,
        lastFailure,
        false);
  }
}
