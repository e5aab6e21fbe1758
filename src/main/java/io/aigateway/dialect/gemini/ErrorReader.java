package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import io.aigateway.wire.Json;
import java.io.UncheckedIOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What does Gemini say of an error? One object, or a list with it.
 *
 * <p>Source: https://cloud.google.com/apis/design/errors
 */
final class ErrorReader {
  private static final long LONGEST_SECONDS = 86_400;

  private ErrorReader() {}

  /** Never throws. */
  static ProviderError read(byte[] body) {
    try {
      return read(error(Json.read(body)));
    } catch (JsonProcessingException | UncheckedIOException e) {
      return ProviderError.UNKNOWN;
    }
  }

  /** The {@code error} of a piece of a stream. */
  static ChatEvent.Failure failure(JsonNode chunk) {
    JsonNode error = error(chunk);
    ProviderError read = read(error);
    int status = error.path("code").asInt(0);
    return new ChatEvent.Failure(
        read.type(),
        read.message() == null ? "the provider reported an error" : read.message(),
        status >= 400 && status <= 599 ? status : 0);
  }

  private static JsonNode error(JsonNode root) {
    return (root.isArray() ? root.path(0) : root).path("error");
  }

  private static ProviderError read(JsonNode error) {
    if (error.isTextual() && !error.textValue().isBlank()) {
      return new ProviderError(error.textValue(), null, null, null);
    }
    String message = Replies.text(error, "message");
    String type = Replies.text(error, "type");
    String status = Replies.text(error, "status");
    return message == null && type == null && status == null
        ? ProviderError.UNKNOWN
        : new ProviderError(message, type, status, null, retryDelay(error.path("details")));
  }

  /** Gemini says in the body, such as {@code "34.4s"}, what others say in a header. */
  private static @Nullable Duration retryDelay(JsonNode details) {
    for (JsonNode detail : details) {
      String delay = Replies.text(detail, "retryDelay");
      if (delay != null && delay.endsWith("s")) {
        try {
          double seconds = Double.parseDouble(delay.substring(0, delay.length() - 1));
          if (seconds >= 0) {
            return Duration.ofSeconds((long) Math.ceil(Math.min(seconds, LONGEST_SECONDS)));
          }
        } catch (NumberFormatException e) {
          return null;
        }
      }
    }
    return null;
  }
}
