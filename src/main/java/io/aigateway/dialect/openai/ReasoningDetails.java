package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.dialect.Signatures;
import io.aigateway.wire.Json;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What must go back to OpenRouter with a thought, so that the provider behind it knows it again?
 * The list {@code reasoning_details}, whole or put together from the pieces of a stream. It travels
 * as the thought's signature. One instance a thought, one thread.
 */
final class ReasoningDetails {
  /**
   * How much is kept of one thought, in characters; more is forgotten, for it has to come back in a
   * request, whose size is limited too.
   */
  static final int LARGEST = 16 * 1024 * 1024;

  private static final String FIELD = "reasoning_details";

  /** A piece's own weight beside its texts, so that many small ones come to an end too. */
  private static final int OF_A_PIECE = 64;

  /** What comes piece by piece. */
  private static final List<String> GROWING = List.of("text", "summary", "data");

  private final ArrayNode list = Json.array();

  /** The texts of the last one that have grown: as many copies as pieces would be quadratic. */
  private final Map<String, StringBuilder> grown = new HashMap<>(4);

  private long size;
  private boolean opaque;

  /** Takes those of a message or a delta. */
  void add(JsonNode message) {
    for (JsonNode detail : message.path(FIELD)) {
      if (size <= LARGEST && detail instanceof ObjectNode piece) {
        add(piece);
      }
    }
  }

  private void add(ObjectNode piece) {
    size += OF_A_PIECE;
    for (JsonNode value : piece) {
      size += value.isTextual() ? value.textValue().length() : 0;
    }
    if (size > LARGEST) {
      list.removeAll();
      grown.clear();
      return;
    }
    opaque |= piece.path("signature").isTextual() || piece.path("data").isTextual();
    JsonNode last = list.path(list.size() - 1);
    if (last instanceof ObjectNode before && isMore(before, piece)) {
      grow(before, piece);
    } else {
      join();
      list.add(piece);
    }
  }

  /** The signature that holds them, or null when the thought's words say all. */
  @Nullable String signature() {
    if (!opaque || size > LARGEST) {
      return null;
    }
    join();
    return Signatures.marked(
        Variant.OPENROUTER.label(), Base64.getEncoder().encodeToString(Json.bytes(list)));
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

  private void grow(ObjectNode before, ObjectNode piece) {
    for (var field : piece.properties()) {
      String name = field.getKey();
      JsonNode more = field.getValue();
      JsonNode known = before.path(name);
      if (GROWING.contains(name) && known.isTextual() && more.isTextual()) {
        StringBuilder text = grown.get(name);
        if (text == null) {
          text = new StringBuilder(known.textValue());
          grown.put(name, text);
        }
        text.append(more.textValue());
      } else if (!more.isNull()) {
        grown.remove(name);
        before.set(name, more);
      }
    }
  }

  /** Puts what has grown where it belongs. */
  private void join() {
    if (!grown.isEmpty() && list.path(list.size() - 1) instanceof ObjectNode last) {
      grown.forEach((name, text) -> last.put(name, text.toString()));
      grown.clear();
    }
  }
}
