package io.aigateway.endpoint;

import io.aigateway.call.Attempt;
import io.aigateway.call.Call;
import io.aigateway.http.HttpAnswer;
import java.util.stream.Collectors;

/** The headers that the gateway adds to every answer. */
public final class GatewayHeaders {
  private GatewayHeaders() {}

  /** Adds them, and gives the answer back. */
  public static HttpAnswer add(HttpAnswer answer, Call call) {
    answer.header("x-request-id", call.id());
    Call.Allowance allowance = call.allowance();
    if (allowance != null) {
      answer.header("x-ratelimit-limit", Long.toString(allowance.limit()));
      answer.header("x-ratelimit-remaining", Long.toString(allowance.remaining()));
      answer.header("x-ratelimit-reset", Long.toString(allowance.reset()));
    }
    if (call.asked() > 0) {
      answer.header("x-gateway-attempts", Integer.toString(call.asked()));
    }
    answer.headerIf("x-gateway-provider", call.answeredBy());
    if (call.modelSent() != null) {
      answer.header("x-gateway-model", plain(call.modelSent()));
    }
    if (!call.dropped().isEmpty()) {
      answer.header("x-gateway-dropped", plain(String.join(", ", call.dropped())));
    }
    if ("true".equalsIgnoreCase(call.request().header("x-gateway-explain"))) {
      answer.header("x-gateway-route", plain(route(call)));
    }
    return answer;
  }

  /** Such as {@code openai/gpt-4o=503 > anthropic/claude-sonnet-4-5=ok}. */
  static String route(Call call) {
    return call.attempts().stream()
        .map(attempt -> attempt.provider() + "/" + attempt.model() + "=" + outcome(attempt))
        .collect(Collectors.joining(" > "));
  }

  private static String outcome(Attempt attempt) {
    if (attempt.status() > 0) {
      return attempt.status() == 200 ? "ok" : Integer.toString(attempt.status());
    }
    return attempt.failure() == null ? "ok" : attempt.failure().kind().label();
  }

  /** A caller chose the model's name: only visible ASCII may go into a header. */
  private static String plain(String value) {
    StringBuilder plain = new StringBuilder(value.length());
    for (int i = 0; i < value.length() && plain.length() < 512; i++) {
      char c = value.charAt(i);
      plain.append(c >= ' ' && c < 127 ? c : '?');
    }
    return plain.toString();
  }
}
