package io.aigateway.provider;

import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.PassThrough;
import io.aigateway.error.TargetException;
import io.aigateway.wire.Frame;
import java.util.function.Consumer;

/**
 * A streamed answer whose first content is there. Everything happens on the request's context.
 *
 * <p>Until {@link #start} what comes is held; a stream that is never started must be {@linkplain
 * #cancel() cancelled}, or its connection and its breaker's permit leak.
 */
public interface ReplyStream {

  /** Lets the answer flow, from its beginning; once. */
  void start(Receiver receiver);

  /** Asks the provider for no more until {@link #resume()}. */
  void pause();

  void resume();

  /** Frees everything; nothing more is received. Harmless after the end. */
  void cancel();

  /** Tells {@code listener} how the stream ended, at once if it has ended; each exactly once. */
  void onOutcome(Consumer<Outcome> listener);

  /** How a stream ended. */
  sealed interface Outcome {
    /** With the provider's proper end. */
    record Complete() implements Outcome {}

    /** Too early, or with the provider's error. */
    record Failed(TargetException why) implements Outcome {}

    /** The caller left. */
    record Cancelled() implements Outcome {}
  }

  /** Who reads the answer. */
  interface Receiver {
    /** A frame between equal dialects. */
    void frame(Frame frame, PassThrough.FrameFacts facts);

    /** An event between different dialects. */
    void event(ChatEvent event);

    /** What was received so far came together and may leave together. */
    void flush();

    /**
     * The proper end.
     *
     * @param said whether the provider's own end mark was among the frames or events
     */
    void end(boolean said);

    /** The answer breaks off here. */
    void failed(TargetException why);
  }
}
