package io.aigateway.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Reasoning;
import io.aigateway.wire.Json;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * How is thinking asked of a Claude model that decides itself how much it thinks?
 *
 * <p>Source: https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking
 *
 * @param effort Claude's word, or null for its default
 * @param shown whether its thoughts must be asked for, because they are left out otherwise
 * @param room tokens beside the answer's that the caller, who named no limit, shall have
 */
public record AdaptiveThinking(@Nullable String effort, boolean shown, long room) {

  /**
   * Null when the caller wants no thinking, or the model is to be given a budget.
   *
   * @param dropped gets the name of what is said less exactly
   */
  public static @Nullable AdaptiveThinking of(
      Reasoning reasoning, ClaudeModel model, Collection<String> dropped) {
    Integer budget = reasoning.budgetTokens();
    boolean wanted = reasoning.enabled() && !"none".equals(reasoning.effort());
    if (!wanted || !model.adapts() || budget != null && !model.decidesAlone()) {
      return null;
    }
    if (budget != null) {
      dropped.add("thinking.budget_tokens");
    }
    String effort = effort(reasoning, model);
    Reasoning asked = new Reasoning(true, effort, null);
    Thinking usual = Thinking.of(asked, Long.MAX_VALUE / 4);
    return new AdaptiveThinking(effort, model.decidesAlone(), usual == null ? 0 : usual.budget());
  }

  private static @Nullable String effort(Reasoning reasoning, ClaudeModel model) {
    String effort = reasoning.effort();
    Integer budget = reasoning.budgetTokens();
    if (effort == null) {
      return budget == null ? null : budget <= 4096 ? "low" : budget <= 16_384 ? "medium" : "high";
    }
    return switch (effort) {
      case "minimal" -> "low";
      case "xhigh" -> model.decidesAlone() ? "xhigh" : "high";
      default -> effort;
    };
  }

  /** The field {@code thinking}. */
  public ObjectNode node() {
    ObjectNode node = Json.object().put("type", "adaptive");
    return shown ? node.put("display", "summarized") : node;
  }
}
