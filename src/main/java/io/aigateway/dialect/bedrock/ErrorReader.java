package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
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
      return known(
          text(error, "message"), text(error, "type"), text(error, "code"), text(error, "param"));
    }
    String message = text(node, "message");
    if (message == null) {
      message = text(node, "Message");
    }
    return known(firstLine(message), null, shortName(text(node, "__type")), null);
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

  private static ProviderError known(
      @Nullable String message,
      @Nullable String type,
      @Nullable String code,
      @Nullable String param) {
    return message == null && type == null && code == null
        ? ProviderError.UNKNOWN
        : new ProviderError(message, type, code, param);
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
  }
}
