package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.PassThrough;
import io.aigateway.error.ApiError;
import io.aigateway.error.TargetException;
import io.aigateway.http.ByteStream;
import io.aigateway.provider.ReplyStream;
import io.aigateway.wire.Buffers;
import io.aigateway.wire.Frame;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A streamed answer on its way from the provider to the caller: what comes together leaves
 * together, at once; what breaks off becomes an error event in the caller's dialect, and a cut
 * connection where there are no events.
 */
final class StreamedAnswer implements ByteStream, ReplyStream.Receiver {
  private final Call call;
  private final ReplyStream source;
  private final Envelope envelope;
  private final boolean isEvents;
  private final PassThrough.@Nullable FrameWriter frames;
  private CallerDialect.@Nullable EventWriter events;
  private @Nullable Sink sink;
  private byte @Nullable [] first;
  private @Nullable Buffer more;
  private boolean passes;
  private boolean done;

  /**
   * @param straight the line by which frames pass, or null
   * @param isEvents whether it is a stream of events, and not of other bytes
   */
  StreamedAnswer(
      Call call,
      ReplyStream source,
      Envelope envelope,
      @Nullable PassThrough straight,
      boolean isEvents) {
    this.call = call;
    this.source = source;
    this.envelope = envelope;
    this.isEvents = isEvents;
    this.frames = straight == null ? null : straight.frames(envelope);
  }

  @Override
  public void start(Sink to) {
    sink = to;
    source.start(this);
  }

  @Override
  public void pause() {
    source.pause();
  }

  @Override
  public void resume() {
    source.resume();
  }

  @Override
  public void cancel() {
    done = true;
    source.cancel();
  }

  @Override
  public void abort() {
    if (!done) {
      source.cancel();
      breakOff(Verdict.ofShutdown());
    }
  }

  @Override
  public void frame(Frame frame, PassThrough.FrameFacts facts) {
    if (!passes) {
      passes = true;
      // an answer that passes is never translated: what was asked is of no more use
      if (!call.dialect().repeatsRequest()) {
        call.forgetBody();
      }
    }
    add(Objects.requireNonNull(frames).write(frame, facts));
  }

  @Override
  public void event(ChatEvent event) {
    add(events().write(event));
  }

  private void add(byte @Nullable [] bytes) {
    if (bytes == null || bytes.length == 0) {
      return;
    }
    if (first == null) {
      // mostly all that comes together: leaves without a copy
      first = bytes;
      return;
    }
    if (more == null) {
      more = Buffer.buffer(4 * first.length + bytes.length).appendBytes(first);
    }
    more.appendBytes(bytes);
  }

  @Override
  public void flush() {
    if (first != null && !done) {
      Buffer pending = more != null ? more : Buffers.wrap(first);
      first = null;
      more = null;
      Objects.requireNonNull(sink).bytes(pending);
    }
  }

  @Override
  public void end(boolean said) {
    if (done) {
      return;
    }
    if (!said && isEvents) {
      add(events().write(new ChatEvent.End()));
    }
    flush();
    done = true;
    Objects.requireNonNull(sink).end();
  }

  @Override
  public void failed(TargetException why) {
    if (!done) {
      breakOff(Verdict.ofBrokenStream(why));
    }
  }

  private void breakOff(ApiError error) {
    call.status(error.status());
    if (isEvents) {
      add(told(error));
    }
    flush();
    done = true;
    if (isEvents) {
      Objects.requireNonNull(sink).end();
    } else {
      Objects.requireNonNull(sink).cut();
    }
  }

  /** Made when it is needed first: frames that pass rarely need it. */
  private CallerDialect.EventWriter events() {
    CallerDialect.EventWriter writer = events;
    if (writer == null) {
      writer = call.dialect().events(envelope);
      events = writer;
    }
    return writer;
  }

  private byte[] told(ApiError error) {
    byte[] event = frames == null ? null : frames.failed(error);
    if (event == null) {
      event = events().failed(error);
    }
    return event == null ? call.dialect().errorEvent(error, call.id()) : event;
  }
}
