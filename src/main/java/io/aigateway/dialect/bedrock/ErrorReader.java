package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.wire.Json;
import java.io.UncheckedIOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What does Bedrock say of an error, and which status does it mean?
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/CommonErrors.html
 */
final class ErrorReader {
  private ErrorReader() {}

  /** Also reads the shapes of proxies before Bedrock; never throws. */
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
    String message = ReplyBody.said(node, "message");
    if (message == null) {
      message = ReplyBody.said(node, "Message");
    }
    return ProviderError.of(
        firstLine(message), null, shortName(ReplyBody.said(node, "__type")), null);
  }

  /**
   * An exception in a stream.
   *
   * @param type such as {@code throttlingException}
   */
  static ChatEvent.Failure failure(String type, byte[] payload) {
    String message = read(payload).message();
    return new ChatEvent.Failure(
        type, message == null ? "the provider reported an error" : message, status(type));
  }

  private static int status(String type) {
    return switch (type.toLowerCase(Locale.ROOT)) {
      case "validationexception" -> 400;
      case "accessdeniedexception" -> 403;
      case "resourcenotfoundexception" -> 404;
      case "modeltimeoutexception" -> 408;
      case "throttlingexception", "modelnotreadyexception" -> 429;
      case "internalserverexception", "modelstreamerrorexception" -> 500;
      case "serviceunavailableexception" -> 503;
      default -> 0;
    };
  }

  /** AWS explains a wrong signature by all that was to be signed, session tokens included. */
  private static @Nullable String firstLine(@Nullable String message) {
    int end = message == null ? -1 : message.indexOf('\n');
    return message == null || end < 0 ? message : message.substring(0, end).stripTrailing();
  }

  /** {@code com.amazon.coral.service#ValidationException} is a ValidationException. */
  private static @Nullable String shortName(@Nullable String type) {
    return type == null ? null : type.substring(type.indexOf('#') + 1);
  }
}
