package io.aigateway.chat;

/** Who speaks in a {@link Message}. OpenAI's {@code developer} is {@link #SYSTEM}. */
public enum Role {
  SYSTEM,
  USER,
  ASSISTANT,
  TOOL
}
