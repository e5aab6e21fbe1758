package io.aigateway.admin;

import io.aigateway.endpoint.Challenge;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.store.StoreAwayException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** What can be wrong with a call of the admin API. */
final class Problem {
  private Problem() {}

  private static RequestException of(
      int status, String type, String code, @Nullable String param, String message) {
    return new RequestException(new ApiError(status, type, code, param, message, null, false));
  }

  /** 400: a field, or a parameter of the query. */
  static RequestException invalid(@Nullable String field, String message) {
    return of(400, "invalid_request_error", "invalid_value", field, message);
  }

  /** 400: a field of something that is not built yet. */
  static RequestException unsupported(String field) {
    return of(
        400,
        "invalid_request_error",
        "not_supported",
        field,
        field + " can't be enforced yet, so it is not stored");
  }

  static RequestException unauthorized() {
    return of(
        401, "authentication_error", Challenge.ADMIN_CODE, null, "the credentials are not valid");
  }

  static RequestException forbidden(String message) {
    return of(403, "permission_error", "permission_denied", null, message);
  }

  static RequestException notFound(String what) {
    return notFound(null, what);
  }

  /**
   * @param param what names it in the path
   */
  static RequestException notFound(@Nullable String param, String what) {
    return of(404, "invalid_request_error", "not_found", param, "there is no such " + what);
  }

  static RequestException conflict(String code, @Nullable String field, String message) {
    return of(409, "invalid_request_error", code, field, message);
  }

  /** 412: somebody else was faster. */
  static RequestException stale() {
    return of(
        412,
        "invalid_request_error",
        "precondition_failed",
        null,
        "it was changed since: If-Match doesn't fit its ETag");
  }

  static RequestException otherRequest() {
    return of(
        422,
        "invalid_request_error",
        "idempotency_key_reused",
        null,
        "another request had this Idempotency-Key");
  }

  static RequestException locked(Duration left) {
    return new RequestException(
        new ApiError(
            429,
            "rate_limit_error",
            "too_many_attempts",
            null,
            "too many wrong passwords",
            left,
            false));
  }

  static RequestException unavailable(String code, String message) {
    return new RequestException(
        new ApiError(
            503, "overloaded_error", code, null, message, StoreAwayException.RETRY_AFTER, false));
  }

  static RequestException databaseAway() {
    return unavailable("database_unavailable", "the database can't be reached");
  }

  /** 503: a secret must not be stored in the clear. */
  static RequestException encryptionKeyRequired() {
    return new RequestException(
        new ApiError(
            503,
            "overloaded_error",
            "encryption_key_required",
            null,
            "without ENCRYPTION_KEY no credential can be stored",
            Duration.ofSeconds(60),
            true));
  }

  /** 503: what is written here no other replica would see. */
  static RequestException databaseRequired() {
    return new RequestException(
        new ApiError(
            503,
            "overloaded_error",
            "database_required",
            null,
            "with several replicas (REDIS_URL) changes need a database they share (DATABASE_URL)",
            Duration.ofSeconds(60),
            true));
  }
}
