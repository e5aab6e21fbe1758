package io.aigateway.embed;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Which texts shall become vectors?
 *
 * @param model the name that is sent to the provider
 * @param texts in the caller's order; empty when the caller sent tokens
 * @param tokens whether the caller sent tokens, which mean something to one tokenizer only
 * @param dimensions length of a vector, or null when not said
 * @param base64 whether the caller reads vectors as base64 of little-endian 32-bit floats
 * @param rest names of the caller's other fields, which no other dialect can say
 */
public record EmbedRequest(
    String model,
    List<String> texts,
    boolean tokens,
    @Nullable Integer dimensions,
    boolean base64,
    List<String> rest) {
  public EmbedRequest {
    texts = List.copyOf(texts);
    rest = List.copyOf(rest);
  }

  /** The same request for another model name. */
  public EmbedRequest withModel(String name) {
    return new EmbedRequest(name, texts, tokens, dimensions, base64, rest);
  }
}
