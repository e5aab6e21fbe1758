package io.aigateway.dialect;

/** What is asked of a provider? */
public enum Operation {
  /** An answer to a conversation. */
  CHAT,
  /** Vectors for texts. */
  EMBEDDINGS
}
