package io.aigateway.edge;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.net.impl.ConnectionBase;

/**
 * Puts the size before and the line end behind a small piece of a chunked answer in one buffer. The
 * transport's own encoder makes three buffers and four promises of each piece, a sixth of a
 * stream's garbage. All else goes on to that encoder.
 *
 * <p>Source: https://www.rfc-editor.org/rfc/rfc9112#section-7.1
 */
final class ChunkEncoder extends ChannelOutboundHandlerAdapter {
  /** Copying more than this costs more than three buffers. */
  static final int MAX_BYTES = 16 * 1024;

  private static final String ENCODER = "httpEncoder";
  private static final int CRLF = '\r' << 8 | '\n';

  /** Digits of the largest size, and two line ends. */
  private static final int FRAME_BYTES = 8 + 2 + 2;

  private final ChannelHandlerContext encoder;
  private boolean chunked;

  ChunkEncoder(ChannelHandlerContext encoder) {
    this.encoder = encoder;
  }

  /** Takes its place before the encoder of a connection that was just opened. */
  static void install(HttpConnection connection) {
    if (connection instanceof ConnectionBase base) {
      ChannelPipeline pipeline = base.channel().pipeline();
      ChannelHandlerContext encoder = pipeline.context(ENCODER);
      if (encoder != null) {
        pipeline.addAfter(ENCODER, null, new ChunkEncoder(encoder));
      }
    }
  }

  @Override
  public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
    if (message instanceof HttpResponse head) {
      // the encoder leaves out the content of some other statuses
      chunked =
          !(message instanceof LastHttpContent)
              && head.status().code() == 200
              && HttpUtil.isTransferEncodingChunked(head);
    } else if (message instanceof LastHttpContent) {
      chunked = false;
    } else if (chunked && message instanceof HttpContent piece && isSmall(piece.content())) {
      send(context, piece, promise);
      return;
    }
    context.write(message, promise);
  }

  private static boolean isSmall(ByteBuf piece) {
    int length = piece.readableBytes();
    return length > 0 && length <= MAX_BYTES;
  }

  /** Past the encoder, whose work is done. */
  private void send(ChannelHandlerContext context, HttpContent piece, ChannelPromise promise) {
    ByteBuf chunk;
    try {
      chunk = encoded(context, piece.content());
    } catch (RuntimeException | OutOfMemoryError e) {
      // no room for it: the answer must not go on as if nothing were missing
      promise.tryFailure(e);
      context.close();
      return;
    } finally {
      piece.release();
    }
    encoder.write(chunk, promise);
  }

  private static ByteBuf encoded(ChannelHandlerContext context, ByteBuf piece) {
    int length = piece.readableBytes();
    ByteBuf chunk = context.alloc().ioBuffer(length + FRAME_BYTES);
    for (int shift = 28 - Integer.numberOfLeadingZeros(length) / 4 * 4; shift >= 0; shift -= 4) {
      chunk.writeByte(Character.forDigit(length >> shift & 0xf, 16));
    }
    return chunk.writeShort(CRLF).writeBytes(piece, piece.readerIndex(), length).writeShort(CRLF);
  }
}
