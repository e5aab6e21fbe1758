package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens were used? Anthropic counts cached input apart from other input, and tells a
 * stream's usage in pieces, each of which has the whole count so far. One instance an answer, one
 * thread.
 */
final class UsageReader {
  private long input;
  private long output;
  private long cacheRead;
  private long cacheWrite;
  private boolean said;

  /** Takes what the node says; fields that it lacks keep what was said before. */
  void read(JsonNode usage) {
    if (!usage.isObject()) {
      return;
    }
    said = true;
    for (var field : usage.properties()) {
      JsonNode value = field.getValue();
      // int, so that nonsense can't overflow the sum
      if (value.isIntegralNumber() && value.canConvertToInt()) {
        count(field.getKey(), value.longValue());
      }
    }
  }

  /** Takes what the parser's value says, and reads to its end. */
  void read(JsonParser parser) throws IOException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      parser.skipChildren();
      return;
    }
    said = true;
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (parser.nextToken() == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() == JsonParser.NumberType.INT) {
        count(name, parser.getIntValue());
      } else {
        parser.skipChildren();
      }
    }
  }

  /** Counts of a stream only grow; some proxies repeat the input as 0 at the end. */
  private void count(String name, long tokens) {
    switch (name) {
      case "input_tokens" -> input = Math.max(input, tokens);
      case "output_tokens" -> output = Math.max(output, tokens);
      case "cache_read_input_tokens" -> cacheRead = Math.max(cacheRead, tokens);
      case "cache_creation_input_tokens" -> cacheWrite = Math.max(cacheWrite, tokens);
      default -> {}
    }
  }

  /** Null when nothing was said. */
  @Nullable Usage usage() {
    return said
        ? new Usage(input + cacheRead + cacheWrite, output, cacheRead, cacheWrite, 0, 0, 0)
        : null;
  }
}
