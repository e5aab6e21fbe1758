package io.aigateway.dialect.openai;

import io.aigateway.chat.Content;
import io.aigateway.dialect.Signatures;

/**
 * Which words does a provider have beside OpenAI's own, above all for what its models think? OpenAI
 * refuses fields that it does not know, and so do some that follow it, so a provider's YAML says
 * which others it takes.
 */
enum Variant {
  /** None: what was thought once is not told again. */
  OPENAI(""),
  /**
   * Thinking is switched by {@code thinking}; thoughts are given back in {@code reasoning_content},
   * without which a turn that called tools is refused. A schema of the answer is said in words.
   *
   * <p>Source: https://api-docs.deepseek.com/guides/thinking_mode
   */
  DEEPSEEK("deepseek"),
  /**
   * Thinking is asked for by {@code reasoning}; thoughts are given back, with their proofs, in
   * {@code reasoning_details}; texts may carry cache hints.
   *
   * <p>Source: https://openrouter.ai/docs/use-cases/reasoning-tokens
   */
  OPENROUTER("openrouter");

  private final String label;

  Variant(String label) {
    this.label = label;
  }

  /** The word for it in a provider's YAML. */
  String label() {
    return label;
  }

  /**
   * @throws IllegalArgumentException when there is none of that name
   */
  static Variant of(String name) {
    for (Variant variant : values()) {
      if (variant.label.equals(name)) {
        return variant;
      }
    }
    throw new IllegalArgumentException(
        "variant is '" + name + "'; accepted: deepseek, openrouter, or nothing");
  }

  /** Whether a thought is told again: in its words, or by its proof, and no other provider's. */
  boolean keeps(Content.Thinking thought) {
    if (this == OPENAI || thought.redacted() != null) {
      return false;
    }
    String signature = thought.signature();
    return signature == null
        || signature.isEmpty()
        || this == OPENROUTER && Signatures.own(label, signature) != null;
  }
}
