package io.aigateway.provider;

import io.aigateway.dialect.ErrorClass;
import io.aigateway.error.ApiError;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.ContentPolicyException;
import io.aigateway.error.ContextLengthException;
import io.aigateway.error.RequestException;
import org.jspecify.annotations.Nullable;

/** Why does a healthy provider refuse a request? Rules may send some of these to another target. */
final class Refusals {
  private Refusals() {}

  static RequestException of(ApiError error) {
    if (ErrorClass.CONTEXT.equals(error.code())) {
      return new ContextLengthException(error);
    }
    return isOfContent(error.code())
        ? new ContentPolicyException(error)
        : new RequestException(error, BreakerEffect.SUCCESS);
  }

  /** Whether a code can only be meant for the request. */
  static boolean isOne(@Nullable String code) {
    return ErrorClass.CONTEXT.equals(code) || isOfContent(code);
  }

  private static boolean isOfContent(@Nullable String code) {
    return code != null
        && switch (code) {
          case "content_filter",
              "content_policy_violation",
              "moderation_blocked",
              "ResponsibleAIPolicyViolation" ->
              true;
          default -> false;
        };
  }
}
