package io.aigateway.dialect;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.wire.Frame;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** How does one talk to a provider of this dialect? For all threads. */
public interface ProviderDialect {

  /** The name by which a provider's YAML asks for this dialect. */
  String name();

  /** The callers' dialects whose bytes this provider takes as they are. */
  default Set<String> straightLines() {
    return Set.of(name());
  }

  /** The dialect for the provider at this place; the same one where no place makes a difference. */
  default ProviderDialect at(Place place) {
    return this;
  }

  /**
   * Whether calls can be made, as far as the dialect itself provides for them: it may have to find
   * credentials first. Asked before every call, so it must not wait.
   */
  default boolean isReady() {
    return true;
  }

  /** How a stream of this dialect is cut. */
  Framing framing();

  /** Whether a stream may end without the dialect's end mark, once all its answers are complete. */
  default boolean mayOmitEnd() {
    return true;
  }

  /**
   * Whether a call's credential is a key that {@link #headers} sends, so that it can be another.
   */
  default boolean takesKey() {
    return true;
  }

  /** Headers that carry the credential, and others that every call needs; names in lower case. */
  Map<String, String> headers(String credential);

  /** The same for dialects whose headers depend on what is sent. Called on the event loop. */
  default Map<String, String> headers(OutgoingCall call, String credential) {
    return headers(credential);
  }

  /**
   * Where a request goes whose bytes pass as they are.
   *
   * @param path where the straight line's dialect sends it
   * @param model the name sent
   */
  default String path(String path, String model) {
    return path;
  }

  /**
   * Writes a request; {@code request.model()} is the name sent, {@code request.stream()} decides
   * between whole and streamed. Usage is always asked for.
   *
   * @throws io.aigateway.error.RequestException 400 naming the parameter, when the provider can't
   *     do what the caller asks and leaving it out would change the meaning
   */
  UpstreamRequest write(ChatRequest request, ModelDefaults defaults);

  /**
   * Changes a caller's request only where this dialect differs from the caller's, so that fields
   * without a place in the neutral model survive; null when the dialects are not that near, and
   * {@link #write} is to be used.
   *
   * @param dialect the caller's
   * @param body JSON, UTF-8
   * @param model the name sent
   * @throws io.aigateway.error.RequestException as {@link #write} does
   */
  default @Nullable UpstreamRequest adapt(String dialect, byte[] body, String model) {
    return null;
  }

  /**
   * Reads a whole answer.
   *
   * @throws MalformedReplyException when the body is not an answer of this dialect
   */
  ChatReply read(byte[] body);

  /** A reader for one new stream. */
  EventReader events();

  /** How vectors are asked for, or null when only chats are translated. */
  default @Nullable EmbeddingsDialect embeddings() {
    return null;
  }

  /** Reads the body of an answer with an error status; never throws. */
  ProviderError error(int status, byte[] body);

  /** Reads one stream; not thread-safe. */
  interface EventReader {
    /**
     * Reads the next frame; hands on zero or more events.
     *
     * @throws MalformedReplyException when the frame is not of this dialect
     */
    void read(Frame frame, Consumer<ChatEvent> sink);
  }
}
