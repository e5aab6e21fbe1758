package io.aigateway.dialect;

/**
 * What a dialect must say although the caller did not.
 *
 * @param maxTokens upper limit of an answer for a dialect that requires one, in tokens
 */
public record ModelDefaults(long maxTokens) {
  public ModelDefaults {
    if (maxTokens < 1) {
      throw new IllegalArgumentException("maxTokens must be at least 1, was " + maxTokens);
    }
  }
}
