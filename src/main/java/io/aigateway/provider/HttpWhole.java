package io.aigateway.provider;

import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.wire.Buffers;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A whole answer, or the body of an error, that comes over HTTP. */
final class HttpWhole implements UpstreamCall.Receiver {
  private final Provider provider;
  private final int maxBytes;
  private final Consumer<byte[]> complete;
  private final Consumer<RuntimeException> failed;
  private @Nullable Buffer collected;
  private boolean copied;
  private boolean tooLarge;

  HttpWhole(
      Provider provider,
      int maxBytes,
      Consumer<byte[]> complete,
      Consumer<RuntimeException> failed) {
    this.provider = provider;
    this.maxBytes = maxBytes;
    this.complete = complete;
    this.failed = failed;
  }

  @Override
  public void head(int status, MultiMap headers) {}

  @Override
  public void bytes(Buffer bytes) {
    if (collected == null) {
      collected = bytes;
    } else if (tooLarge || collected.length() + (long) bytes.length() > maxBytes) {
      tooLarge = true;
    } else {
      if (!copied) {
        // the first piece is the transport's own and may not be written to
        collected = Buffer.buffer(collected.length() + bytes.length()).appendBuffer(collected);
        copied = true;
      }
      collected.appendBuffer(bytes);
    }
  }

  @Override
  public void end() {
    if (tooLarge) {
      failed.accept(
          new TargetException(
              Kind.MALFORMED, provider.name(), "the answer is larger than " + maxBytes + " bytes"));
    } else {
      complete.accept(collected == null ? new byte[0] : Buffers.bytes(collected));
    }
  }

  @Override
  public void failed(Kind kind, String message) {
    failed.accept(new TargetException(kind, provider.name(), message));
  }
}
