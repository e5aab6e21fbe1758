package io.aigateway.chat;

import org.jspecify.annotations.Nullable;

/**
 * How much the model shall think before it answers.
 *
 * @param enabled false when the caller switched thinking off
 * @param effort {@code minimal|low|medium|high|…} as the caller wrote it, or null
 * @param budgetTokens upper limit of thinking, in tokens, or null
 * @param summary {@code auto|concise|detailed}: how thoughts shall be shown, or null when not said
 */
public record Reasoning(
    boolean enabled,
    @Nullable String effort,
    @Nullable Integer budgetTokens,
    @Nullable String summary) {
  public Reasoning(boolean enabled, @Nullable String effort, @Nullable Integer budgetTokens) {
    this(enabled, effort, budgetTokens, null);
  }
}
