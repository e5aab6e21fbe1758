package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.wire.Json;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/**
 * What does Anthropic say of an error, and which status does it mean?
 *
 * <p>Source: https://docs.claude.com/en/api/errors
 */
final class ErrorReader {
  private ErrorReader() {}

  /** Also reads the shapes of proxies before Anthropic; never throws. */
  static ProviderError read(byte[] body) {
    JsonNode node;
    try {
      node = Json.read(body);
    } catch (JsonProcessingException | UncheckedIOException e) {
      return ProviderError.UNKNOWN;
    }
    JsonNode error = node.path("error");
    if (error.isObject()) {
      return ProviderError.of(
          ReplyBody.said(error, "message"),
          ReplyBody.said(error, "type"),
          ReplyBody.said(error, "code"),
          ReplyBody.said(error, "param"));
    }
    String message = ReplyBody.said(node, "error");
    return ProviderError.of(
        message == null ? ReplyBody.said(node, "message") : message, null, null, null);
  }

  /** The {@code error} event of a stream. */
  static ChatEvent.Failure failure(JsonNode event) {
    JsonNode error = event.path("error");
    String type = ReplyBody.said(error, "type");
    String message = ReplyBody.said(error, "message");
    return new ChatEvent.Failure(
        type, message == null ? "the provider reported an error" : message, status(type));
  }

  private static int status(@Nullable String type) {
    if (type == null) {
      return 0;
    }
    return switch (type) {
      case "invalid_request_error" -> 400;
      case "authentication_error" -> 401;
      case "billing_error" -> 402;
      case "permission_error" -> 403;
      case "not_found_error" -> 404;
      case "request_too_large" -> 413;
      case "rate_limit_error" -> 429;
      case "api_error" -> 500;
      case "timeout_error" -> 504;
      case "overloaded_error" -> 529;
      default -> 0;
    };
  }
}
