package io.aigateway.dialect.responses;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.chat.Usage;
import java.io.IOException;

/**
 * What did a response use?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses/object
 */
final class UsageReader {
  private long input;
  private long output;
  private long cached;
  private long cacheWrite;
  private long reasoning;

  private UsageReader() {}

  /** Reads on from the first token of a usage object up to its last. */
  static Usage read(JsonParser parser) throws IOException {
    UsageReader all = new UsageReader();
    all.fields(parser);
    return new Usage(
        all.input,
        all.output,
        Math.min(all.cached, all.input),
        Math.min(all.cacheWrite, all.input),
        Math.min(all.reasoning, all.output),
        0,
        0);
  }

  private void fields(JsonParser parser) throws IOException {
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_OBJECT) {
        fields(parser);
      } else if (token == JsonToken.VALUE_NUMBER_INT
          && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
        count(name, Math.max(0, parser.getLongValue()));
      } else {
        parser.skipChildren();
      }
    }
  }

  private void count(String name, long tokens) {
    switch (name) {
      case "input_tokens" -> input = tokens;
      case "output_tokens" -> output = tokens;
      case "cached_tokens" -> cached = tokens;
      case "cache_write_tokens" -> cacheWrite = tokens;
      case "reasoning_tokens" -> reasoning = tokens;
      default -> {}
    }
  }
}
