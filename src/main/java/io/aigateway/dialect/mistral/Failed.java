package io.aigateway.dialect.mistral;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ProviderError;
import java.nio.charset.StandardCharsets;

/**
 * Does an answer, or an event of a stream, say that the answer failed? Mistral's error object,
 * {@code {"object":"error","message":…}}, stands bare where OpenAI's is inside a field, and {@code
 * error} is one of its reasons to finish.
 */
final class Failed {
  private static final byte[] WORD = "\"error\"".getBytes(StandardCharsets.US_ASCII);

  private Failed() {}

  /** Whether it is worth reading twice. */
  static boolean maybe(byte[] data) {
    for (int i = 0; i + WORD.length <= data.length; i++) {
      int same = 0;
      while (same < WORD.length && data[i + same] == WORD[same]) {
        same++;
      }
      if (same == WORD.length) {
        return true;
      }
    }
    return false;
  }

  static boolean is(JsonNode root) {
    JsonNode choices = root.path("choices");
    if (choices.isMissingNode()) {
      return root.path("object").asText().equals("error");
    }
    for (JsonNode choice : choices) {
      if (choice.path("finish_reason").asText().equals("error")) {
        return true;
      }
    }
    return false;
  }

  static ChatEvent.Failure failure(JsonNode event, ProviderError error) {
    String message = error.message();
    return new ChatEvent.Failure(
        error.type(), message == null ? "the provider reported an error" : message, status(event));
  }

  private static int status(JsonNode event) {
    int status = event.path("raw_status_code").asInt(event.path("code").asInt(0));
    return status >= 400 && status <= 599 ? status : 0;
  }
}
