package io.aigateway.dialect;

/** What does a caller ask of a provider? */
public enum Operation {
  /** An answer, whole or streamed. */
  CHAT,
  /** How many tokens a chat request has, without an answer to it. */
  COUNT_TOKENS
}
