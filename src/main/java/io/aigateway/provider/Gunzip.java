package io.aigateway.provider;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.compression.DecompressionException;
import io.netty.handler.codec.compression.ZlibCodecFactory;
import io.netty.handler.codec.compression.ZlibWrapper;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Unpacks an answer that a provider has packed. Only answers that say so pass through here: a
 * handler in every connection's pipeline would look at all of them. One instance an answer, one
 * thread at a time.
 */
final class Gunzip {
  private final EmbeddedChannel decoder;

  private Gunzip(ZlibWrapper format) {
    decoder = new EmbeddedChannel(ZlibCodecFactory.newZlibDecoder(format, 0));
  }

  /**
   * The unpacker that the headers ask for, or null when there is nothing to unpack.
   *
   * @throws DecompressionException when the packing is of an unknown kind
   */
  static @Nullable Gunzip of(MultiMap headers) {
    String encoding = headers.get(HttpHeaders.CONTENT_ENCODING);
    if (encoding == null) {
      return null;
    }
    return switch (encoding.trim().toLowerCase(Locale.ROOT)) {
      case "", "identity" -> null;
      case "gzip", "x-gzip" -> new Gunzip(ZlibWrapper.GZIP);
      case "deflate" -> new Gunzip(ZlibWrapper.ZLIB_OR_NONE);
      default -> throw new DecompressionException("unknown content encoding");
    };
  }

  /**
   * What can be unpacked so far; may be empty.
   *
   * @throws DecompressionException when the bytes are not packed as was said
   */
  Buffer unpack(Buffer packed) {
    decoder.writeInbound(Unpooled.wrappedBuffer(packed.getBytes()));
    Buffer unpacked = Buffer.buffer();
    for (ByteBuf piece = decoder.readInbound(); piece != null; piece = decoder.readInbound()) {
      unpacked.appendBytes(ByteBufUtil.getBytes(piece));
      piece.release();
    }
    return unpacked;
  }

  /** Frees its memory. */
  void close() {
    decoder.finishAndReleaseAll();
  }
}
