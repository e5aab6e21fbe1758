package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.dialect.Signatures;
import io.aigateway.wire.Json;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What must go back to OpenRouter with a thought, so that the provider behind it knows it again?
 * The list {@code reasoning_details}, whole or put together from the pieces of a stream. It travels
 * as the thought's signature. One instance a thought, one thread.
 */
final class ReasoningDetails {
  private static final String FIELD = "reasoning_details";

  /** What comes piece by piece. */
  private static final List<String> GROWING = List.of("text", "summary", "data");

  private final ArrayNode list = Json.array();
  private boolean opaque;

  /** Takes those of a message or a delta. */
  void add(JsonNode message) {
    for (JsonNode detail : message.path(FIELD)) {
      if (detail instanceof ObjectNode piece) {
        opaque |= piece.path("signature").isTextual() || piece.path("data").isTextual();
        JsonNode last = list.path(list.size() - 1);
        if (last instanceof ObjectNode before && isMore(before, piece)) {
          grow(before, piece);
        } else {
          list.add(piece);
        }
      }
    }
  }

  /** The signature that holds them, or null when the thought's words say all. */
  @Nullable String signature() {
    return opaque
        ? Signatures.marked(
            Variant.OPENROUTER.label(), Base64.getEncoder().encodeToString(Json.bytes(list)))
        : null;
  }

  /** Adds what {@code signature} holds to {@code all}; nothing when somebody changed it. */
  static void restore(@Nullable String signature, ArrayNode all) {
    String own = Signatures.own(Variant.OPENROUTER.label(), signature);
    if (own == null) {
      return;
    }
    try {
      Json.read(Base64.getDecoder().decode(own)).forEach(all::add);
    } catch (IllegalArgumentException | JsonProcessingException e) {
      // a thought without proof is no thought to the provider
    }
  }

  private static boolean isMore(ObjectNode before, ObjectNode piece) {
    return before.path("type").equals(piece.path("type"))
        && piece.has("index")
        && before.path("index").equals(piece.path("index"));
  }

  private static void grow(ObjectNode before, ObjectNode piece) {
    for (var field : piece.properties()) {
      String name = field.getKey();
      JsonNode more = field.getValue();
      JsonNode known = before.path(name);
      if (GROWING.contains(name) && known.isTextual() && more.isTextual()) {
        before.put(name, known.textValue() + more.textValue());
      } else if (!more.isNull()) {
        before.set(name, more);
      }
    }
  }
}
