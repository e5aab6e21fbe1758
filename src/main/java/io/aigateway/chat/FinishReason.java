package io.aigateway.chat;

/** Why an answer ended. */
public enum FinishReason {
  /** The model was done, or came to a stop text. */
  STOP,
  /** The limit of tokens was reached. */
  LENGTH,
  /** The model waits for the results of its tool calls. */
  TOOL_CALLS,
  /** A filter, of the provider or of the model itself, cut the answer. */
  CONTENT_FILTER
}
