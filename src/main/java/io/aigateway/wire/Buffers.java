package io.aigateway.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;

/** Bytes as the transport takes them, without a copy. */
public final class Buffers {
  private Buffers() {}

  /**
   * The bytes of a buffer that nobody writes to any more: its own array where that is all of it.
   */
  @SuppressWarnings("deprecation") // every other way of reading a buffer copies it
  public static byte[] bytes(Buffer buffer) {
    ByteBuf bytes = buffer.getByteBuf();
    if (bytes.hasArray()
        && bytes.arrayOffset() == 0
        && bytes.readerIndex() == 0
        && bytes.array().length == bytes.readableBytes()) {
      return bytes.array();
    }
    return buffer.getBytes();
  }

  /** A buffer over the array itself, which must not be changed any more. */
  @SuppressWarnings("deprecation") // every other way of making a buffer of an array copies it
  public static Buffer wrap(byte[] bytes) {
    return Buffer.buffer(Unpooled.wrappedBuffer(bytes));
  }
}
