package io.aigateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A whole answer.
 *
 * @param id the provider's name for the answer, or null when it gave none
 * @param model the model that answered, or null when the provider did not say
 * @param usage null when the provider gave none
 */
public record ChatReply(
    @Nullable String id, @Nullable String model, List<Choice> choices, @Nullable Usage usage) {
  public ChatReply {
    choices = List.copyOf(choices);
  }

  /**
   * One of the answers.
   *
   * @param stopSequence the stop text at which the answer ended, where the provider says so
   * @param logprobs OpenAI's form, or null
   */
  public record Choice(
      int index,
      List<Content> content,
      FinishReason finish,
      @Nullable String stopSequence,
      @Nullable JsonNode logprobs) {
    public Choice {
      content = List.copyOf(content);
    }
  }
}
