package io.aigateway.dialect;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;

/** What stands in a provider's answer, whole or a piece of it? For all threads. */
public final class ReplyBody {
  private ReplyBody() {}

  /**
   * @throws MalformedReplyException when the bytes are not one JSON object
   */
  public static JsonNode object(byte[] bytes) {
    try {
      JsonNode node = Json.read(bytes);
      if (node.isObject()) {
        return node;
      }
    } catch (JsonProcessingException | UncheckedIOException e) {
      throw new MalformedReplyException("the provider sent something that is not JSON");
    }
    throw new MalformedReplyException("the provider sent JSON that is not an object");
  }

  /**
   * The text of a field that must be there.
   *
   * @throws MalformedReplyException when it is not
   */
  public static String required(JsonNode node, String field) {
    String value = text(node, field);
    if (value == null) {
      throw new MalformedReplyException("a part of the answer has no text field " + field);
    }
    return value;
  }

  /** The text of a field that says something, or null. */
  public static @Nullable String said(JsonNode node, String field) {
    String text = text(node, field);
    return text == null || text.isBlank() ? null : text;
  }

  /** The text of a field, or null when it has none. */
  public static @Nullable String text(JsonNode node, String field) {
    return node.path(field).textValue();
  }
}
