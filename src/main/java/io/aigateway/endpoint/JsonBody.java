package io.aigateway.endpoint;

import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Does a request say that its body is JSON? */
public final class JsonBody {
  private JsonBody() {}

  /**
   * Accepts JSON in any of its types, and a body that says nothing of itself.
   *
   * @param contentType the header's value
   * @throws RequestException 415
   */
  public static void require(@Nullable String contentType) {
    if (contentType == null || contentType.isBlank()) {
      return;
    }
    int semicolon = contentType.indexOf(';');
    String type =
        (semicolon < 0 ? contentType : contentType.substring(0, semicolon))
            .trim()
            .toLowerCase(Locale.ROOT);
    if (!type.equals("application/json") && !type.endsWith("+json")) {
      throw new RequestException(
          new ApiError(
              415,
              "invalid_request_error",
              "unsupported_media_type",
              "Content-Type is not accepted; accepted: application/json"));
    }
  }
}
