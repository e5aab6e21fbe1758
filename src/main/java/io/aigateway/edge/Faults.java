package io.aigateway.edge;

import io.aigateway.http.HttpAnswer;
import java.nio.charset.StandardCharsets;

/** Answers for what no route could answer. They say nothing of the inside. */
final class Faults {
  private Faults() {}

  static HttpAnswer internal() {
    return error(500, "api_error", "the gateway failed; its log says why");
  }

  static HttpAnswer notFound() {
    return error(404, "invalid_request_error", "unknown path");
  }

  /** The process ends before the answer came. */
  static HttpAnswer stopping() {
    return error(503, "overloaded_error", "the gateway is stopping").header("retry-after", "1");
  }

  /** The request can't be understood at all. */
  static HttpAnswer of(int status, String message) {
    return error(status, "invalid_request_error", message);
  }

  private static HttpAnswer error(int status, String type, String message) {
    String json =
        "{\"error\":{\"message\":\""
            + message
            + "\",\"type\":\""
            + type
            + "\",\"param\":null,\"code\":null}}";
    return HttpAnswer.json(status, json.getBytes(StandardCharsets.UTF_8));
  }
}
