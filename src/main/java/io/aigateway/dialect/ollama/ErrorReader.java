package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.wire.Json;
import java.io.UncheckedIOException;

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
    String message = ReplyBody.said(error, "message");
    String type = ReplyBody.said(error, "type");
    return ProviderError.of(
        message, type, ReplyBody.said(error, "code"), ReplyBody.said(error, "param"));
  }
}
