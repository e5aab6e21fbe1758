package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
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
    input = count(usage, "input_tokens", input);
    output = count(usage, "output_tokens", output);
    cacheRead = count(usage, "cache_read_input_tokens", cacheRead);
    cacheWrite = count(usage, "cache_creation_input_tokens", cacheWrite);
  }

  /** Null when nothing was said. */
  @Nullable Usage usage() {
    return said
        ? new Usage(input + cacheRead + cacheWrite, output, cacheRead, cacheWrite, 0, 0, 0)
        : null;
  }

  /** Counts of a stream only grow; some proxies repeat the input as 0 at the end. */
  private static long count(JsonNode usage, String field, long before) {
    JsonNode value = usage.path(field);
    // int, so that nonsense can't overflow the sum
    return value.isIntegralNumber() && value.canConvertToInt()
        ? Math.max(before, value.longValue())
        : before;
  }
}
