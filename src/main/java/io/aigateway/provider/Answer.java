package io.aigateway.provider;

import io.aigateway.chat.ChatReply;
import io.aigateway.embed.EmbedReply;

/** What did a provider answer? The body of the message after the {@code llm} step. */
public sealed interface Answer {

  /** A whole answer in the caller's own dialect, as its bytes came. */
  @SuppressWarnings("ArrayRecordComponent")
  record Passed(byte[] body, String contentType) implements Answer {}

  /** A whole answer of another dialect. */
  record Translated(ChatReply reply) implements Answer {}

  /** Vectors of another dialect. */
  record Embedded(EmbedReply reply) implements Answer {}

  /** How many tokens a request has, roughly; no provider was asked. */
  record Estimated(long inputTokens) implements Answer {}

  /** A streamed answer. */
  record Streamed(ReplyStream stream) implements Answer {}
}
