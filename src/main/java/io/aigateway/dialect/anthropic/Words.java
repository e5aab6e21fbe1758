package io.aigateway.dialect.anthropic;

import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Envelope;
import io.aigateway.wire.JsonBytes;
import org.jspecify.annotations.Nullable;

/** Which of Anthropic's words do whole and streamed answers to a caller share? */
final class Words {
  private Words() {}

  static String id(@Nullable String given, Envelope envelope) {
    return given == null || given.isEmpty() ? "msg_" + envelope.requestId() : given;
  }

  static String model(@Nullable String answered, Envelope envelope) {
    return answered == null || answered.isEmpty() ? envelope.model() : answered;
  }

  /**
   * Writes {@code stop_reason} and {@code stop_sequence}.
   *
   * @param refused whether the model declined in words
   */
  static void stop(
      JsonBytes json, FinishReason reason, @Nullable String stopSequence, boolean refused) {
    String word =
        switch (reason) {
          case STOP -> refused ? "refusal" : stopSequence == null ? "end_turn" : "stop_sequence";
          case LENGTH -> "max_tokens";
          case TOOL_CALLS -> "tool_use";
          case CONTENT_FILTER -> "refusal";
        };
    json.field("stop_reason", word).field("stop_sequence");
    if (stopSequence == null) {
      json.nullValue();
    } else {
      json.value(stopSequence);
    }
  }

  /** Writes {@code usage}; what is not known counts as nothing, since clients rely on it. */
  static void usage(JsonBytes json, @Nullable Usage usage) {
    Usage known = usage == null ? Usage.NONE : usage;
    json.field("usage")
        .beginObject()
        .field("input_tokens", Math.max(0, known.input() - known.cacheRead() - known.cacheWrite()))
        .field("cache_creation_input_tokens", known.cacheWrite())
        .field("cache_read_input_tokens", known.cacheRead())
        .field("output_tokens", known.output())
        .endObject();
  }
}
