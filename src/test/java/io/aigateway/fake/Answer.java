package io.aigateway.fake;

import io.aigateway.chat.Usage;
import java.util.List;

/**
 * What a fake model says, before a dialect puts it into its own words.
 *
 * @param pieces the text, cut as a stream sends it
 * @param usageAsked whether the caller asked for usage in the stream, as OpenAI's callers must
 * @param cutShort true when the answer ended at the token limit
 */
record Answer(
    String model,
    List<String> pieces,
    List<ToolCall> toolCalls,
    Usage usage,
    boolean usageAsked,
    boolean cutShort) {
  String text() {
    return String.join("", pieces);
  }
}
