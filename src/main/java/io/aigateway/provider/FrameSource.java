package io.aigateway.provider;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.wire.Frame;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Turns the frames of one stream into {@link Item}s: read only as far as needed, or translated. */
interface FrameSource {

  /**
   * Reads the next frame.
   *
   * @throws io.aigateway.dialect.MalformedReplyException when it is not of the dialect
   */
  void read(Frame frame, Consumer<Item> sink);

  /** What the gateway must know of a piece of a stream, and how it is handed on. */
  sealed interface Item {
    boolean content();

    @Nullable Usage usage();

    @Nullable FinishReason finish();

    ChatEvent.@Nullable Failure failure();

    /** How many of the answers end in it. */
    int finishes();

    boolean end();

    void to(ReplyStream.Receiver receiver);
  }

  /** A frame that passes as it is. */
  record Passing(Frame frame, PassThrough.FrameFacts facts) implements Item {
    @Override
    public boolean content() {
      return facts.content();
    }

    @Override
    public @Nullable Usage usage() {
      return facts.usage();
    }

    @Override
    public @Nullable FinishReason finish() {
      return facts.finish();
    }

    @Override
    public ChatEvent.@Nullable Failure failure() {
      return facts.failure();
    }

    @Override
    public int finishes() {
      return facts.finishes();
    }

    @Override
    public boolean end() {
      return facts.end();
    }

    @Override
    public void to(ReplyStream.Receiver receiver) {
      receiver.frame(frame, facts);
    }
  }

  /** An event that is written anew. */
  record Translated(ChatEvent event) implements Item {
    @Override
    public boolean content() {
      return event.isContent();
    }

    @Override
    public @Nullable Usage usage() {
      return event instanceof ChatEvent.UsageReport report ? report.usage() : null;
    }

    @Override
    public @Nullable FinishReason finish() {
      return event instanceof ChatEvent.Finish finished ? finished.reason() : null;
    }

    @Override
    public ChatEvent.@Nullable Failure failure() {
      return event instanceof ChatEvent.Failure failed ? failed : null;
    }

    @Override
    public int finishes() {
      return event instanceof ChatEvent.Finish ? 1 : 0;
    }

    @Override
    public boolean end() {
      return event instanceof ChatEvent.End;
    }

    @Override
    public void to(ReplyStream.Receiver receiver) {
      receiver.event(event);
    }
  }

  /** Between equal dialects. */
  static FrameSource passing(PassThrough dialect, Framing framing) {
    PassThrough.FrameReader reader = dialect.reader(framing);
    return (frame, sink) -> sink.accept(new Passing(frame, reader.read(frame)));
  }

  /** Between different dialects. */
  static FrameSource translating(ProviderDialect dialect) {
    ProviderDialect.EventReader reader = dialect.events();
    return (frame, sink) -> reader.read(frame, event -> sink.accept(new Translated(event)));
  }
}
