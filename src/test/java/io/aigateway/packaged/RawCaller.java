package io.aigateway.packaged;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;

/** A caller that speaks bytes: it may leave, stop reading, or send half of something. */
final class RawCaller implements AutoCloseable {
  private static final int PATIENCE_MILLIS = 10_000;

  private final Socket socket = new Socket();
  private final StringBuilder heard = new StringBuilder();

  RawCaller(GatewayProcess gateway) {
    this(gateway, 0);
  }

  /**
   * @param receiveBuffer bytes that the system keeps for a caller who doesn't read, or 0
   */
  RawCaller(GatewayProcess gateway, int receiveBuffer) {
    try {
      if (receiveBuffer > 0) {
        socket.setReceiveBufferSize(receiveBuffer);
      }
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), gateway.port()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawCaller send(String text) {
    try {
      socket.getOutputStream().write(text.getBytes(UTF_8));
      socket.getOutputStream().flush();
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sends a chat request. */
  RawCaller chat(String model, boolean stream, String... headers) {
    String body = Http.body(model, stream);
    StringBuilder head =
        new StringBuilder(
            "POST /v1/chat/completions HTTP/1.1\r\nhost: gateway.test\r\nauthorization: Bearer "
                + GatewayProcess.KEY
                + "\r\ncontent-type: application/json\r\ncontent-length: "
                + body.length()
                + "\r\n");
    for (String header : headers) {
      head.append(header).append("\r\n");
    }
    return send(head + "\r\n" + body);
  }

  /** Reads until this was heard. */
  RawCaller awaitText(String text) {
    byte[] piece = new byte[8192];
    try {
      InputStream in = socket.getInputStream();
      int from = 0;
      while (heard.indexOf(text, from) < 0) {
        from = Math.max(0, heard.length() - text.length());
        int count = in.read(piece);
        if (count < 0) {
          throw new AssertionError("closed before '" + text + "' came:\n" + heard);
        }
        heard.append(new String(piece, 0, count, UTF_8));
      }
      return this;
    } catch (IOException e) {
      throw new AssertionError("'" + text + "' did not come (" + e + "):\n" + heard, e);
    }
  }

  /** Reads to the end of the connection. */
  String awaitEnd() {
    byte[] piece = new byte[8192];
    try {
      InputStream in = socket.getInputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        heard.append(new String(piece, 0, count, UTF_8));
      }
      return heard.toString();
    } catch (IOException e) {
      throw new AssertionError("the connection stays open (" + e + "):\n" + heard, e);
    }
  }

  /** Whether the other end closes the connection within this time, with or without an answer. */
  boolean isClosedWithin(Duration time) {
    byte[] piece = new byte[8192];
    try {
      socket.setSoTimeout((int) time.toMillis());
      InputStream in = socket.getInputStream();
      for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
        heard.append(new String(piece, 0, count, UTF_8));
      }
      return true;
    } catch (java.net.SocketTimeoutException e) {
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  String heard() {
    return heard.toString();
  }

  /** Leaves. */
  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
