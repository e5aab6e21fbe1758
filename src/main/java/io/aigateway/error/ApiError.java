package io.aigateway.error;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a caller is told when a request has no answer; a dialect gives it its form.
 *
 * @param status HTTP status
 * @param type OpenAI's word for the kind of error, such as {@code invalid_request_error}
 * @param code OpenAI's word for the very error, or null
 * @param param the request's field that is at fault, or null
 * @param message for a person; never a secret, never a body of unknown form
 * @param retryAfter sent as whole seconds, or null
 * @param hopeless true when asking again can't help ({@code x-should-retry: false})
 */
public record ApiError(
    int status,
    String type,
    @Nullable String code,
    @Nullable String param,
    String message,
    @Nullable Duration retryAfter,
    boolean hopeless) {

  public ApiError(int status, String type, @Nullable String code, String message) {
    this(status, type, code, null, message, null, false);
  }

  /** 400: the field {@code param} of the request is wrong. */
  public static ApiError invalid(@Nullable String param, String message) {
    return new ApiError(400, "invalid_request_error", null, param, message, null, false);
  }

  /** 400: the request is well-formed but a target can't do what {@code param} asks. */
  public static ApiError unsupported(String param, String message) {
    return new ApiError(
        400, "invalid_request_error", "unsupported_parameter", param, message, null, false);
  }
}
