package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens were used? Gemini counts thoughts beside the answer's tokens, and what its own
 * tools brought in beside the prompt's.
 *
 * <p>Source: https://ai.google.dev/api/generate-content#UsageMetadata
 */
final class UsageReader {
  private UsageReader() {}

  /** Null when the answer does not say. */
  static @Nullable Usage read(JsonNode reply) {
    JsonNode usage = reply.path("usageMetadata");
    if (!usage.has("promptTokenCount") && !usage.has("candidatesTokenCount")) {
      return null;
    }
    long input = count(usage, "promptTokenCount") + count(usage, "toolUsePromptTokenCount");
    long thoughts = count(usage, "thoughtsTokenCount");
    long output = count(usage, "candidatesTokenCount") + thoughts;
    return new Usage(
        input,
        output,
        Math.min(count(usage, "cachedContentTokenCount"), input),
        0,
        thoughts,
        Math.min(audio(usage.path("promptTokensDetails")), input),
        Math.min(audio(usage.path("candidatesTokensDetails")), output));
  }

  private static long audio(JsonNode details) {
    long all = 0;
    for (JsonNode detail : details) {
      if (detail.path("modality").asText().equals("AUDIO")) {
        all += count(detail, "tokenCount");
      }
    }
    return all;
  }

  /** An int, so that nonsense can't overflow the sum. */
  private static long count(JsonNode node, String field) {
    JsonNode value = node.path(field);
    return value.isIntegralNumber() && value.canConvertToInt() ? Math.max(0, value.longValue()) : 0;
  }
}
