package io.aigateway.dialect;

/** What is asked of a provider? */
public enum Operation {
  /** An answer to a conversation. */
  CHAT("chats"),
  /** How many tokens a chat request has, without an answer to it. */
  COUNT_TOKENS("counts of tokens"),
  /** Vectors for texts. */
  EMBEDDINGS("embeddings"),
  /** Pictures for a text. */
  IMAGES("images"),
  /** Whether a text may be said. */
  MODERATIONS("moderations"),
  /** Which documents answer a question best. */
  RERANK("rerank"),
  /** A text spoken. */
  SPEECH("speech"),
  /** What is said in a recording. */
  TRANSCRIPTIONS("transcriptions");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /**
   * The word for it in settings and messages, and the name of its straight line unless its dialect
   * has one.
   */
  public String label() {
    return label;
  }
}
