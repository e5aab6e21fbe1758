package io.aigateway.embed;

import io.aigateway.chat.Usage;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One vector a text, in the order of the texts.
 *
 * @param model the model that answered, or null when the provider did not say
 * @param vectors finite numbers only; the arrays must not be changed
 * @param usage null when the provider gave none
 */
public record EmbedReply(@Nullable String model, List<float[]> vectors, @Nullable Usage usage) {
  public EmbedReply {
    vectors = List.copyOf(vectors);
  }
}
