package io.aigateway.provider;

import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ErrorClass;
import io.aigateway.dialect.ProviderError;
import io.aigateway.error.ApiError;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import org.jspecify.annotations.Nullable;

/** What does a provider's error mean: the next target, or the caller's own fault? */
final class Failures {
  private Failures() {}

  /**
   * The error for an answer with a status other than 2xx.
   *
   * @param retryAfter the header of that name, or null
   */
  static RuntimeException of(
      Provider provider,
      int status,
      ProviderError error,
      @Nullable String retryAfter,
      Instant now) {
    Kind kind = kind(status);
    String said = error.message();
    String message =
        said == null || said.isBlank()
            ? "HTTP " + status
            : Redactor.redact(said, provider.credential());
    if (kind != null) {
      Duration wait = retryAfter(retryAfter, now);
      return new TargetException(
          kind, provider.name(), status, message, wait == null ? error.retryAfter() : wait);
    }
    String type = error.type();
    return Refusals.of(
        new ApiError(
            status,
            type == null || type.isBlank() ? "invalid_request_error" : type,
            ErrorClass.code(error),
            error.param(),
            said == null || said.isBlank()
                ? "the provider " + provider.name() + " refused the request with HTTP " + status
                : message,
            null,
            false));
  }

  /** The error for a failure that a stream reports of itself before any content. */
  static RuntimeException of(Provider provider, ChatEvent.Failure failure) {
    ProviderError error =
        new ProviderError(failure.message(), failure.type(), failure.code(), null);
    int status = failure.status() == 0 ? 500 : failure.status();
    if (status >= 500 && Refusals.isOne(ErrorClass.code(error))) {
      // within a stream few say which status it would have been
      status = 400;
    }
    return of(provider, status, error, null, Instant.EPOCH);
  }

  /** The same, once content has gone out and nothing but telling is left. */
  static TargetException ofBroken(Provider provider, ChatEvent.Failure failure) {
    int status = failure.status() == 0 ? 500 : failure.status();
    Kind kind = kind(status);
    return new TargetException(
        kind == null ? Kind.SERVER_ERROR : kind,
        provider.name(),
        status,
        Redactor.redact(failure.message(), provider.credential()),
        null);
  }

  /** The kind of failure of a target, or null when the caller's request is at fault. */
  static @Nullable Kind kind(int status) {
    return switch (status) {
      case 401 -> Kind.UNAUTHORIZED;
      case 403 -> Kind.FORBIDDEN;
      case 408 -> Kind.TIMEOUT;
      case 429 -> Kind.RATE_LIMITED;
      default -> status >= 400 && status < 500 ? null : Kind.SERVER_ERROR;
    };
  }

  /** Reads seconds or an HTTP date; null when there is neither. */
  static @Nullable Duration retryAfter(@Nullable String header, Instant now) {
    if (header == null) {
      return null;
    }
    String value = header.trim();
    try {
      if (!value.isEmpty() && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
        return Duration.ofSeconds(Math.min(Long.parseLong(value), 86_400));
      }
      Instant when = ZonedDateTime.parse(value, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      Duration wait = Duration.between(now, when);
      return wait.isNegative() ? Duration.ZERO : wait;
    } catch (DateTimeParseException | NumberFormatException e) {
      return null;
    }
  }
}
