package io.aigateway.dialect;

import io.aigateway.chat.Reasoning;
import org.jspecify.annotations.Nullable;

/**
 * How many tokens may the model think, and how many may it write in all? Anthropic counts both
 * together and refuses a budget that is not below the limit.
 *
 * @param budget tokens, at least 1024
 * @param maxTokens more than {@code budget}
 */
public record Thinking(long budget, long maxTokens) {
  private static final long SMALLEST = 1024;

  /**
   * A budget that the caller names is kept and room for the answer added where it is missing; one
   * that only follows from an effort gives way to the caller's limit as far as Claude lets it.
   *
   * @return null when the model shall not think
   */
  public static @Nullable Thinking of(Reasoning reasoning, long limit) {
    if (!reasoning.enabled() || "none".equals(reasoning.effort())) {
      return null;
    }
    Integer named = reasoning.budgetTokens();
    long budget =
        Math.max(
            SMALLEST,
            named == null ? Math.min(budget(reasoning.effort()), limit / 2) : named.longValue());
    return new Thinking(budget, limit > budget ? limit : budget + Math.max(1, limit));
  }

  private static long budget(@Nullable String effort) {
    return switch (effort == null ? "medium" : effort) {
      case "minimal" -> SMALLEST;
      case "low" -> 4096;
      case "high" -> 16384;
      case "xhigh", "max" -> 32768;
      default -> 8192;
    };
  }
}
