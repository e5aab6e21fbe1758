package io.aigateway.provider;

import io.aigateway.chat.ChatReply;
import io.aigateway.embed.EmbedReply;
import org.jspecify.annotations.Nullable;

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

  /**
   * A streamed answer.
   *
   * @param contentType its media type when it is no stream of events: its bytes are handed on, and
   *     nothing of the gateway's own may stand among them; null for events
   */
  record Streamed(ReplyStream stream, @Nullable String contentType) implements Answer {
    public Streamed(ReplyStream stream) {
      this(stream, null);
    }
  }
}
