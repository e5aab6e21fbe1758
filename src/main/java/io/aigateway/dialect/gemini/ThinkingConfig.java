package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Reasoning;
import io.aigateway.wire.Json;
import org.jspecify.annotations.Nullable;

/**
 * How much may the model think, in Gemini's words: a budget in tokens up to Gemini 2.5, a level
 * from Gemini 3 on, where a budget that the caller names is still taken.
 *
 * <p>Source: https://ai.google.dev/gemini-api/docs/thinking
 */
final class ThinkingConfig {
  private static final int SMALLEST_OF_PRO = 128;
  private static final int SMALLEST_OF_LITE = 512;
  private static final int LARGEST_OF_PRO = 32_768;
  private static final int LARGEST = 24_576;

  private ThinkingConfig() {}

  static ObjectNode of(Reasoning reasoning, Model model) {
    String effort = reasoning.effort();
    Integer named = reasoning.budgetTokens();
    boolean on = reasoning.enabled() && !"none".equals(effort);
    ObjectNode config = Json.object();
    if (on) {
      config.put("includeThoughts", true);
    }
    if (model.isThird() && (named == null || !on)) {
      config.put("thinkingLevel", level(on ? effort : "minimal", model));
    } else {
      config.put("thinkingBudget", on ? budget(effort, named, model) : off(model));
    }
    return config;
  }

  /** Pro models can't be kept from thinking. */
  private static int off(Model model) {
    return model.isPro() ? SMALLEST_OF_PRO : 0;
  }

  private static int budget(@Nullable String effort, @Nullable Integer named, Model model) {
    int wanted =
        named != null
            ? named
            : switch (effort == null ? "medium" : effort) {
              case "minimal", "low" -> 1024;
              case "high", "xhigh", "max" -> LARGEST;
              default -> 8192;
            };
    int smallest = model.isPro() ? SMALLEST_OF_PRO : model.isLite() ? SMALLEST_OF_LITE : 1;
    return Math.max(smallest, Math.min(wanted, model.isPro() ? LARGEST_OF_PRO : LARGEST));
  }

  private static String level(@Nullable String effort, Model model) {
    return switch (effort == null ? "high" : effort) {
      case "minimal" -> model.isPro() ? "low" : "minimal";
      case "low" -> "low";
      // the first pro model of the family knows low and high alone
      case "medium" -> model.isPro() ? "high" : "medium";
      default -> "high";
    };
  }
}
