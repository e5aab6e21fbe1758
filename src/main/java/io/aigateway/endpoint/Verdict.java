package io.aigateway.endpoint;

import io.aigateway.call.Attempt;
import io.aigateway.call.Call;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What is the caller told, given what happened to all targets of its request? */
final class Verdict {
  /** For a provider's 429 without a time of its own. */
  private static final Duration DEFAULT_RETRY = Duration.ofSeconds(5);

  private Verdict() {}

  /** The error for a request that failed with {@code failure}. */
  static ApiError of(@Nullable Call call, Throwable failure) {
    if (failure instanceof RequestException request) {
      return request.error();
    }
    if (failure instanceof TargetException last) {
      return ofTargets(call == null ? List.of() : call.attempts(), last);
    }
    return internal();
  }

  /** The error for a stream that broke after its first content. */
  static ApiError ofBrokenStream(TargetException why) {
    boolean late = why.kind() == Kind.TIMEOUT || why.kind() == Kind.CUT_OFF;
    return new ApiError(
        late ? 504 : 502,
        late ? "timeout_error" : "upstream_error",
        null,
        "the answer of " + why.provider() + " broke off: " + why.getMessage());
  }

  /** The error for a stream that the gateway's own stop ends. */
  static ApiError ofShutdown() {
    return new ApiError(
        503,
        "overloaded_error",
        "shutting_down",
        null,
        "the gateway is stopping",
        Duration.ofSeconds(1),
        false);
  }

  /** The error for a model that the tenant may not use. */
  static ApiError modelNotAllowed() {
    return new ApiError(
        403,
        "permission_error",
        "model_not_allowed",
        "model",
        "the tenant may not use this model",
        null,
        false);
  }

  private static ApiError internal() {
    return new ApiError(500, "api_error", null, "the gateway failed; its log says why");
  }

  private static ApiError ofTargets(List<Attempt> attempts, TargetException last) {
    List<TargetException> failures = new ArrayList<>();
    for (Attempt attempt : attempts) {
      if (attempt.failure() != null) {
        failures.add(attempt.failure());
      }
    }
    if (failures.isEmpty()) {
      failures.add(last);
    }
    List<TargetException> asked = failures.stream().filter(TargetException::wasAsked).toList();
    if (asked.isEmpty()) {
      return noneAsked(failures);
    }
    if (asked.stream().anyMatch(failure -> failure.kind() == Kind.RATE_LIMITED)) {
      return new ApiError(
          429,
          "rate_limit_error",
          "rate_limit_exceeded",
          null,
          told(asked),
          soonest(asked.stream().filter(failure -> failure.kind() == Kind.RATE_LIMITED).toList())
              .orElse(DEFAULT_RETRY),
          false);
    }
    if (asked.stream().allMatch(failure -> failure.kind() == Kind.TIMEOUT)) {
      return new ApiError(504, "timeout_error", "upstream_timeout", told(asked));
    }
    return new ApiError(502, "upstream_error", "upstream_error", told(asked));
  }

  private static ApiError noneAsked(List<TargetException> failures) {
    if (failures.stream().allMatch(failure -> failure.kind() == Kind.NOT_ALLOWED)) {
      return modelNotAllowed();
    }
    List<TargetException> passing =
        failures.stream()
            .filter(failure -> failure.kind() == Kind.BREAKER_OPEN || failure.kind() == Kind.BUSY)
            .toList();
    if (!passing.isEmpty()) {
      return new ApiError(
          503,
          "overloaded_error",
          "no_provider_available",
          null,
          told(failures),
          soonest(passing).orElse(DEFAULT_RETRY),
          false);
    }
    return new ApiError(
        503, "overloaded_error", "provider_not_configured", null, told(failures), null, true);
  }

  private static Optional<Duration> soonest(List<TargetException> failures) {
    return failures.stream()
        .map(TargetException::retryAfter)
        .filter(Objects::nonNull)
        .min(Comparator.naturalOrder());
  }

  /** Every provider and what became of it. */
  private static String told(List<TargetException> failures) {
    return failures.stream().map(Verdict::told).distinct().collect(Collectors.joining("; "));
  }

  private static String told(TargetException failure) {
    String status = failure.status() == 0 ? "" : " answered HTTP " + failure.status();
    String message = String.valueOf(failure.getMessage());
    if (!failure.wasAsked()) {
      return message;
    }
    return message.equals("HTTP " + failure.status())
        ? failure.provider() + status
        : failure.provider() + status + ": " + message;
  }
}
