package io.aigateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * One step of a streamed answer. A well-formed stream is {@code Start (delta | Ping)* Finish Usage?
 * End}; {@link Failure} may replace what is missing. A provider that dies leaves the stream without
 * {@link End}.
 */
public sealed interface ChatEvent {

  /** The answer begins; no content yet. */
  record Start(@Nullable String id, @Nullable String model) implements ChatEvent {}

  /** More text of choice {@code choice}. */
  record Text(int choice, String text) implements ChatEvent {}

  /**
   * How likely the words were that come with it.
   *
   * @param tokens OpenAI's list, one entry a token
   */
  record Logprobs(int choice, JsonNode tokens) implements ChatEvent {}

  /** What the text before it, back to the citation before that, rests on. */
  record Cited(int choice, Citation citation) implements ChatEvent {}

  /** More of what the model thinks. */
  record Thinking(int choice, String text) implements ChatEvent {}

  /** The proof that belongs to the thinking before it. */
  record ThinkingSignature(int choice, String signature) implements ChatEvent {}

  /** A thought that may not be shown, whole. */
  record RedactedThinking(int choice, String data) implements ChatEvent {}

  /** A picture that the model made, whole. */
  record Picture(int choice, Content.Source source) implements ChatEvent {}

  /** More of a refusal. */
  record Refusal(int choice, String text) implements ChatEvent {}

  /**
   * A tool call begins.
   *
   * @param index 0, 1, 2, … in the order in which calls begin; later parts name it
   */
  record ToolCallStart(int choice, int index, String id, String name) implements ChatEvent {}

  /** More of the JSON text of the arguments of tool call {@code index}. */
  record ToolCallArguments(int choice, int index, String json) implements ChatEvent {}

  /** A choice is complete. */
  record Finish(int choice, FinishReason reason, @Nullable String stopSequence)
      implements ChatEvent {}

  /** What the call used so far; a later one replaces an earlier one. */
  record UsageReport(Usage usage) implements ChatEvent {}

  /** The provider is alive and has nothing to say. */
  record Ping() implements ChatEvent {}

  /**
   * The provider says that the answer failed.
   *
   * @param type the provider's word for the kind of error, or null
   * @param code its word for the very error, or null
   * @param status the HTTP status that the provider would have sent, or 0 when it does not say
   */
  record Failure(@Nullable String type, @Nullable String code, String message, int status)
      implements ChatEvent {
    public Failure(@Nullable String type, String message, int status) {
      this(type, null, message, status);
    }
  }

  /** The provider's own proper end of the stream. */
  record End() implements ChatEvent {}

  /** Whether a caller would see something of the answer in this. */
  default boolean isContent() {
    return this instanceof Text text && !text.text().isEmpty()
        || this instanceof Thinking thinking && !thinking.text().isEmpty()
        || this instanceof Refusal
        || this instanceof RedactedThinking
        || this instanceof Picture
        || this instanceof ToolCallStart
        || this instanceof ToolCallArguments
        || this instanceof Finish;
  }
}
