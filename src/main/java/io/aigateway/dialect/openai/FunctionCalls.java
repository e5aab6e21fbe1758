package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * How is a call told to those who offer {@code functions}, OpenAI's words before {@code tools}?
 * There is one call an answer, without an id; the model asks again for what else it wants.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/object
 */
final class FunctionCalls {
  /** The reason for which such an answer ends. */
  static final String FINISH = "function_call";

  private static final byte[] FIELD = "\"functions\"".getBytes(StandardCharsets.US_ASCII);

  private FunctionCalls() {}

  /** Whether the request offers functions, and no tools. Asked only when there is a call. */
  static boolean areWanted(byte[] request) {
    if (!mentions(request)) {
      return false;
    }
    try {
      JsonNode root = Json.read(request);
      return root.hasNonNull("functions") && !root.hasNonNull("tools");
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("read before, unreadable now");
    }
  }

  /** The call in a message or a delta; a piece of its arguments has no name. */
  static void write(JsonBytes json, String name, String arguments) {
    json.field(FINISH).beginObject();
    if (!name.isEmpty()) {
      json.field("name", name);
    }
    json.field("arguments", arguments).endObject();
  }

  private static boolean mentions(byte[] request) {
    for (int at = 0; at + FIELD.length <= request.length; at++) {
      if (request[at] == '"'
          && Arrays.equals(request, at, at + FIELD.length, FIELD, 0, FIELD.length)) {
        return true;
      }
    }
    return false;
  }
}
