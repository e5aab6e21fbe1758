package io.aigateway.edge;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.AbstractByteBufAllocator;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkEncoderTest {
  private final EmbeddedChannel plain = new EmbeddedChannel(new HttpResponseEncoder());
  private final EmbeddedChannel ours = new EmbeddedChannel();

  ChunkEncoderTest() {
    ours.pipeline().addLast("httpEncoder", new HttpResponseEncoder());
    ours.pipeline().addLast(new ChunkEncoder(ours.pipeline().context("httpEncoder")));
  }

  /** Sends the same through both and gives how many buffers were ours. */
  private int bothSend(List<Supplier<HttpObject>> messages) {
    for (Supplier<HttpObject> message : messages) {
      plain.writeOutbound(message.get());
      ours.writeOutbound(message.get());
    }
    List<byte[]> expected = read(plain);
    List<byte[]> sent = read(ours);
    assertThat(joined(sent)).isEqualTo(joined(expected));
    return sent.size();
  }

  private static List<byte[]> read(EmbeddedChannel channel) {
    List<byte[]> pieces = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      byte[] bytes = new byte[out.readableBytes()];
      out.readBytes(bytes);
      out.release();
      pieces.add(bytes);
    }
    return pieces;
  }

  private static String joined(List<byte[]> pieces) {
    StringBuilder all = new StringBuilder();
    pieces.forEach(piece -> all.append(new String(piece, ISO_8859_1)));
    return all.toString();
  }

  private static HttpResponse head(boolean chunked) {
    HttpResponse head = new DefaultHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
    HttpUtil.setTransferEncodingChunked(head, chunked);
    return head;
  }

  private static HttpObject piece(int length) {
    byte[] bytes = new byte[length];
    for (int i = 0; i < length; i++) {
      bytes[i] = (byte) ('a' + i % 26);
    }
    return new DefaultHttpContent(Unpooled.wrappedBuffer(bytes));
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 9, 15, 16, 17, 255, 256, 4095, 4096, 16383, 16384, 16385, 70_000})
  void sendsTheSameBytesAsTheTransport(int length) {
    bothSend(
        List.of(
            () -> head(true),
            () -> piece(length),
            () -> piece(5),
            () -> LastHttpContent.EMPTY_LAST_CONTENT));
  }

  @Test
  void smallPieceIsOneBuffer() {
    int buffers =
        bothSend(
            List.of(() -> head(true), () -> piece(100), () -> LastHttpContent.EMPTY_LAST_CONTENT));

    assertThat(buffers).isEqualTo(3);
  }

  @Test
  void answersThatAreNotChunkedStayAsTheyAre() {
    bothSend(
        List.of(
            () -> head(true),
            () -> piece(3),
            () -> LastHttpContent.EMPTY_LAST_CONTENT,
            () ->
                new DefaultFullHttpResponse(
                    HttpVersion.HTTP_1_1,
                    HttpResponseStatus.OK,
                    Unpooled.wrappedBuffer(new byte[] {'x'})),
            () -> head(false),
            () -> piece(4),
            () -> LastHttpContent.EMPTY_LAST_CONTENT));
  }

  @Test
  void pieceWithoutRoomClosesTheConnection() {
    ours.writeOutbound(head(true));
    read(ours);
    ours.config().setAllocator(new NoRoom());
    ByteBuf bytes = Unpooled.buffer().writeBytes(new byte[] {1, 2, 3});

    ChannelFuture written = ours.writeAndFlush(new DefaultHttpContent(bytes));

    assertThat(written.cause()).isInstanceOf(OutOfMemoryError.class);
    assertThat(ours.isOpen()).isFalse();
    assertThat(bytes.refCnt()).isZero();
  }

  @Test
  void pieceIsFreed() {
    ByteBuf bytes = Unpooled.buffer().writeBytes(new byte[] {1, 2, 3});
    ours.writeOutbound(head(true), new DefaultHttpContent(bytes));

    assertThat(bytes.refCnt()).isZero();
    read(ours);
  }

  private static final class NoRoom extends AbstractByteBufAllocator {
    @Override
    protected ByteBuf newHeapBuffer(int initial, int most) {
      throw new OutOfMemoryError("no room");
    }

    @Override
    protected ByteBuf newDirectBuffer(int initial, int most) {
      throw new OutOfMemoryError("no room");
    }

    @Override
    public boolean isDirectBufferPooled() {
      return false;
    }
  }
}
