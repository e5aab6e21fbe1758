package io.aigateway.dialect;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.error.ApiError;
import io.aigateway.wire.Frame;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The straight line between a caller and a provider of one dialect: bytes pass as they are, only
 * what must be read is read, and only what must change is changed, in place. Stateless, for all
 * threads.
 */
public interface PassThrough {

  /** The dialect that both sides speak. */
  String dialect();

  /**
   * The caller's headers, in lower case, that mean something to the provider and travel with the
   * bytes.
   */
  default Set<String> headers() {
    return Set.of();
  }

  /**
   * The request with another model name and, for a stream, with usage asked for; the very same
   * array when nothing has to change.
   */
  UpstreamRequest request(byte[] body, RequestHead head, String model);

  /** Whether a provider at its end can count the tokens of a chat request. */
  default boolean counts() {
    return false;
  }

  /** The same for a call of any operation that goes by this line. */
  default UpstreamRequest request(
      byte[] body, RequestHead head, String model, Operation operation) {
    return request(body, head, model);
  }

  /**
   * Reads what must be known of a whole answer.
   *
   * @throws MalformedReplyException when the body is not an answer of this dialect
   */
  ReplyFacts inspect(byte[] body);

  /** The same for a call of any operation that goes by this line. */
  default ReplyFacts inspect(byte[] body, Operation operation) {
    return inspect(body);
  }

  /**
   * The media type under which a whole answer goes to the caller.
   *
   * @param given the provider's, or null
   * @throws MalformedReplyException when an answer of this dialect can't have it
   */
  default String contentType(@Nullable String given) {
    return "application/json";
  }

  /**
   * How an answer is cut that this line hands on as it comes, whatever the caller asked; null when
   * the caller decides between whole and streamed.
   *
   * @param contentType the provider's, or null
   * @throws MalformedReplyException when an answer of this dialect can't have it
   */
  default @Nullable Framing streams(@Nullable String contentType) {
    return null;
  }

  /** The answer with the gateway's own field added before its end, else byte for byte. */
  byte[] reply(byte[] body, Envelope envelope);

  /** A reader for one new stream. */
  FrameReader reader();

  /** A reader for one new stream that {@link #streams} says is cut so. */
  default FrameReader reader(Framing framing) {
    return reader();
  }

  /** A writer for one new stream. */
  FrameWriter frames(Envelope envelope);

  /** Reads one stream; not thread-safe. */
  interface FrameReader {
    /**
     * Reads what must be known of the next frame.
     *
     * @throws MalformedReplyException when the frame is not of this dialect
     */
    FrameFacts read(Frame frame);
  }

  /** Writes one stream; not thread-safe. */
  interface FrameWriter {
    /** The bytes that go to the caller, mostly the frame's own, or null when it is left out. */
    byte @Nullable [] write(Frame frame, FrameFacts facts);

    /**
     * The event that tells the caller that the stream breaks off here, for a dialect whose error
     * event depends on what came before it; null when it does not.
     */
    default byte @Nullable [] failed(ApiError error) {
      return null;
    }
  }

  /** What was read of a whole answer. */
  record ReplyFacts(@Nullable FinishReason finish, @Nullable Usage usage) {}

  /**
   * What was read of a frame.
   *
   * @param content whether the caller sees something of the answer in it
   * @param finishes how many choices end in it
   * @param usageOnly whether it is there for its usage alone
   * @param failure the provider's error, or null
   * @param end whether it is the proper end of the stream
   */
  record FrameFacts(
      boolean content,
      int finishes,
      @Nullable FinishReason finish,
      @Nullable Usage usage,
      boolean usageOnly,
      ChatEvent.@Nullable Failure failure,
      boolean end) {
    /** A comment, or a frame without anything that must be known. */
    public static final FrameFacts NOTHING =
        new FrameFacts(false, 0, null, null, false, null, false);

    /** A part of the answer and nothing else, as most frames are. */
    public static final FrameFacts CONTENT =
        new FrameFacts(true, 0, null, null, false, null, false);

    /** The dialect's end mark and nothing else. */
    public static final FrameFacts END = new FrameFacts(false, 0, null, null, false, null, true);
  }
}
