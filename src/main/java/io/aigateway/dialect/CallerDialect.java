package io.aigateway.dialect;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.error.ApiError;
import org.jspecify.annotations.Nullable;

/** How does one talk to a caller of this dialect? Stateless, for all threads. */
public interface CallerDialect {

  /** The dialect's name; a provider whose dialect has the same name gets the bytes as they are. */
  String name();

  /**
   * Checks that the body is one JSON object with the fields that every request needs, and finds
   * what routing needs.
   *
   * @throws io.aigateway.error.RequestException 400 naming the field in {@code param}
   */
  RequestHead head(byte[] body);

  /**
   * {@link #head(byte[])} of a request for {@code operation}.
   *
   * @throws io.aigateway.error.RequestException 400 naming the field in {@code param}
   */
  default RequestHead head(byte[] body, Operation operation) {
    return switch (operation) {
      case CHAT -> head(body);
      case EMBEDDINGS -> embeddings().head(body);
      case COUNT_TOKENS, IMAGES, MODERATIONS, RERANK, SPEECH, TRANSCRIPTIONS ->
          throw lacks(operation);
    };
  }

  /** The door of an operation is open in a dialect that has no words for it. */
  default IllegalStateException lacks(Operation operation) {
    return new IllegalStateException(name() + " has no words for " + operation.label());
  }

  /**
   * Reads the whole request.
   *
   * @throws io.aigateway.error.RequestException 400 naming the field in {@code param}
   */
  ChatRequest read(byte[] body);

  /**
   * What this dialect's callers call the parameter that OpenAI's call {@code name}; by it they are
   * told what was left out.
   */
  default String parameter(String name) {
    return name;
  }

  /** Writes a whole answer. */
  byte[] write(ChatReply reply, Envelope envelope);

  /** How the dialect's callers ask for vectors. */
  default EmbeddingsCaller embeddings() {
    throw new IllegalStateException(name() + " has no words for vectors");
  }

  /** A writer for one new stream. */
  EventWriter events(Envelope envelope);

  /** Whether an event that the gateway adds to a provider's own may repeat what was asked. */
  default boolean repeatsRequest() {
    return false;
  }

  /** The body of an answer with an error status. */
  byte[] error(ApiError error, String requestId);

  /** One well-formed event that tells a stream's reader of the error; the stream ends after it. */
  byte[] errorEvent(ApiError error, String requestId);

  /** Writes one stream; not thread-safe. */
  interface EventWriter {
    /**
     * The bytes that tell the caller of the event, or null when there is nothing to tell. {@link
     * ChatEvent.Failure} never comes here: it becomes an {@link #errorEvent}.
     */
    byte @Nullable [] write(ChatEvent event);

    /**
     * {@link #errorEvent} for a dialect whose error event depends on what came before it; null when
     * it does not.
     */
    default byte @Nullable [] failed(ApiError error) {
      return null;
    }
  }
}
