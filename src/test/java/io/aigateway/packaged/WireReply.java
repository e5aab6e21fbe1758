package io.aigateway.packaged;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.aigateway.openapi.ApiSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a gateway answers to bytes that no HTTP client would send. */
record WireReply(int status, Map<String, String> headers, byte[] bytes) implements ApiSpec.Reply {
  private static final int PATIENCE_MILLIS = 20_000;

  @Override
  public @Nullable String headerOrNull(String name) {
    return headers.get(name.toLowerCase(Locale.ROOT));
  }

  String text() {
    return new String(bytes, UTF_8);
  }

  /** Sends one request on a connection of its own, and reads the whole answer. */
  static WireReply to(int port, byte[] request) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket.setSoTimeout(PATIENCE_MILLIS);
      socket.setTcpNoDelay(true);
      try {
        OutputStream out = socket.getOutputStream();
        out.write(request);
        out.flush();
      } catch (IOException e) {
        // who is refused early may not get rid of everything; the answer is there
      }
      return read(socket.getInputStream());
    } catch (IOException e) {
      throw new AssertionError("no answer: " + e, e);
    }
  }

  private static WireReply read(InputStream in) throws IOException {
    byte[] all = in.readAllBytes();
    String text = new String(all, ISO_8859_1);
    int end = text.indexOf("\r\n\r\n");
    if (end < 0) {
      throw new IOException("no head in '" + text + "'");
    }
    String[] head = text.substring(0, end).split("\r\n");
    Map<String, String> headers = new TreeMap<>();
    for (int i = 1; i < head.length; i++) {
      int colon = head[i].indexOf(':');
      headers.put(
          head[i].substring(0, colon).toLowerCase(Locale.ROOT),
          head[i].substring(colon + 1).trim());
    }
    byte[] body = Arrays.copyOfRange(all, end + 4, all.length);
    if ("chunked".equals(headers.get("transfer-encoding"))) {
      body = chunks(body);
    }
    return new WireReply(Integer.parseInt(head[0].split(" ")[1]), headers, body);
  }

  private static byte[] chunks(byte[] body) throws IOException {
    ByteArrayOutputStream whole = new ByteArrayOutputStream();
    int at = 0;
    while (true) {
      int line = at;
      while (body[line] != '\n') {
        line++;
      }
      int length = Integer.parseInt(new String(body, at, line - at, ISO_8859_1).trim(), 16);
      if (length == 0) {
        return whole.toByteArray();
      }
      whole.write(body, line + 1, length);
      at = line + 1 + length + 2;
    }
  }
}
