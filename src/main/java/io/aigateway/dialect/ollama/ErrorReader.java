package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import io.aigateway.wire.Json;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** What does Ollama say of an error, as {@code {"error":"…"}} or as OpenAI's error object? */
final class ErrorReader {
  private ErrorReader() {}

  /** Never throws. */
  static ProviderError read(byte[] body) {
    try {
      return read(Json.read(body).path("error"));
    } catch (JsonProcessingException | UncheckedIOException e) {
      return ProviderError.UNKNOWN;
    }
  }

  /** The {@code error} of a line in a stream; Ollama gives it no status. */
  static ChatEvent.Failure failure(JsonNode error) {
    ProviderError read = read(error);
    String message = read.message();
    return new ChatEvent.Failure(
        read.type(), message == null ? "the provider reported an error" : message, 0);
  }

  private static ProviderError read(JsonNode error) {
    if (error.isTextual() && !error.textValue().isBlank()) {
      return new ProviderError(error.textValue(), null, null, null);
    }
    String message = text(error, "message");
    String type = text(error, "type");
    return message == null && type == null
        ? ProviderError.UNKNOWN
        : new ProviderError(message, type, text(error, "code"), text(error, "param"));
  }

  private static @Nullable String text(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isTextual() && !value.textValue().isBlank() ? value.textValue() : null;
  }
}
