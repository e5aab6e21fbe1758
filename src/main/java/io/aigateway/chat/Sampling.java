package io.aigateway.chat;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How the model chooses its words; null, or an empty list, means that the caller did not say.
 *
 * @param maxTokens upper limit of the answer, in tokens
 * @param stop texts at which the answer ends
 * @param choices how many answers are wanted (OpenAI's {@code n})
 */
public record Sampling(
    @Nullable BigDecimal temperature,
    @Nullable BigDecimal topP,
    @Nullable Integer topK,
    @Nullable Long maxTokens,
    List<String> stop,
    @Nullable Long seed,
    @Nullable Integer choices,
    @Nullable BigDecimal presencePenalty,
    @Nullable BigDecimal frequencyPenalty,
    @Nullable Boolean logprobs,
    @Nullable Integer topLogprobs) {
  /** Nothing said. */
  public static final Sampling UNSET =
      new Sampling(null, null, null, null, List.of(), null, null, null, null, null, null);

  public Sampling {
    stop = List.copyOf(stop);
  }
}
