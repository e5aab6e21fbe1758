package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.wire.Buffers;
import io.aigateway.wire.Frame;
import io.aigateway.wire.FrameSplitter;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A streamed answer that comes over HTTP. */
final class HttpStream extends StreamState implements UpstreamCall.Receiver {
  private final FrameSplitter splitter;
  private final Consumer<Frame> frames;
  private @Nullable UpstreamCall upstream;

  HttpStream(
      Provider provider,
      Call call,
      LongSupplier clock,
      FrameSplitter splitter,
      FrameSource source,
      Ready ready) {
    super(provider, call, clock, ready);
    this.splitter = splitter;
    Consumer<FrameSource.Item> items = this::accept;
    this.frames = frame -> source.read(frame, items);
  }

  void over(UpstreamCall transport) {
    upstream = transport;
  }

  @Override
  public void head(int status, MultiMap headers) {}

  @Override
  public void bytes(Buffer bytes) {
    try {
      splitter.feed(Buffers.bytes(bytes), frames);
    } catch (MalformedReplyException e) {
      if (!isEndSeen()) {
        failedWith(e.kind(), String.valueOf(e.getMessage()));
        return;
      }
    } catch (FrameSplitter.FrameTooLargeException | FrameSplitter.DamagedFrameException e) {
      if (!isEndSeen()) {
        failedWith(Kind.MALFORMED, String.valueOf(e.getMessage()));
        return;
      }
    }
    flush();
    if (isEndSeen()) {
      // nothing follows the dialect's own end mark: the caller needn't wait for the transport's
      ended();
      transport().letEnd();
    }
  }

  @Override
  public void end() {
    try {
      splitter.end(frames);
    } catch (MalformedReplyException e) {
      failedWith(e.kind(), String.valueOf(e.getMessage()));
      return;
    } catch (FrameSplitter.FrameTooLargeException | FrameSplitter.DamagedFrameException e) {
      failedWith(Kind.MALFORMED, String.valueOf(e.getMessage()));
      return;
    }
    flush();
    ended();
  }

  @Override
  public void failed(Kind kind, String message) {
    if (isEndSeen()) {
      ended();
    } else {
      failedWith(kind, message);
    }
  }

  @Override
  public void pause() {
    transport().pause();
  }

  @Override
  public void resume() {
    transport().resume();
  }

  @Override
  void release() {
    transport().cancel();
  }

  private UpstreamCall transport() {
    return Objects.requireNonNull(upstream);
  }
}
