package io.aigateway.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.JsonBytes;
import java.nio.charset.StandardCharsets;

/** What is the text of a JSON value? Never fails, also not on halves of surrogate pairs. */
final class Text {
  private Text() {}

  static String of(JsonNode node) {
    return new String(new JsonBytes().value(node).toBytes(), StandardCharsets.UTF_8);
  }
}
