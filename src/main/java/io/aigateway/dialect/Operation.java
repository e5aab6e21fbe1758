package io.aigateway.dialect;

/** What is asked of a provider? */
public enum Operation {
  /** An answer to a conversation. */
  CHAT("chats"),
  /** Vectors for texts. */
  EMBEDDINGS("embeddings"),
  /** Pictures for a text. */
  IMAGES("images"),
  /** Whether a text may be said. */
  MODERATIONS("moderations"),
  /** Which documents answer a question best. */
  RERANK("rerank"),
  /** A text spoken. */
  SPEECH("speech");

  private final String label;

  Operation(String label) {
    this.label = label;
  }

  /** The word for it in settings and messages, and the name of its straight line but for chats. */
  public String label() {
    return label;
  }
}
