package io.aigateway.wire;

import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;

/** Bytes as the transport takes them, without a copy. */
public final class Buffers {
  private Buffers() {}

  /** A buffer over the array itself, which must not be changed any more. */
  @SuppressWarnings("deprecation") // every other way of making a buffer of an array copies it
  public static Buffer wrap(byte[] bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
