package io.aigateway.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.Arrays;
import java.util.Locale;

/**
 * Cuts HTTP/1.1 messages out of a connection's bytes, for a client that has one request open at a
 * time and for the server beside it. It reads only what frames a message, so that measuring costs
 * less than what is measured. One instance a connection, one thread at a time.
 */
final class HttpFramer {
  /** Gets the parts of each message in order. */
  interface Sink {
    /** The first line and the headers. */
    void head(String head);

    /** The next bytes of the body, without chunk sizes; valid only during the call. */
    void body(byte[] bytes, int from, int to);

    /** The message is complete. */
    void end();
  }

  private enum State {
    HEAD,
    FIXED,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER
  }

  private static final int LINE_LIMIT = 1 << 16;

  private final Sink sink;
  private State state = State.HEAD;
  private byte[] line = new byte[1024];
  private int lineLength;
  private long left;

  HttpFramer(Sink sink) {
    this.sink = sink;
  }

  /**
   * Takes the next bytes.
   *
   * @throws IllegalStateException when they are no HTTP, or a message without a length
   */
  void feed(byte[] bytes) {
    int at = 0;
    while (at < bytes.length) {
      switch (state) {
        case HEAD -> {
          at = collect(bytes, at, true);
          if (endsHead()) {
            head();
          }
        }
        case CHUNK_SIZE, CHUNK_END, TRAILER -> {
          at = collect(bytes, at, false);
          if (lineLength > 0 && line[lineLength - 1] == '\n') {
            chunkLine();
          }
        }
        case FIXED, CHUNK -> {
          int to = (int) Math.min(bytes.length, at + left);
          sink.body(bytes, at, to);
          left -= to - at;
          at = to;
          if (left == 0) {
            bodyPartEnd();
          }
        }
      }
    }
  }

  private void bodyPartEnd() {
    if (state == State.CHUNK) {
      state = State.CHUNK_END;
    } else {
      finish();
    }
  }

  /** Copies up to the end of the line or, for a head, of the empty line. */
  private int collect(byte[] bytes, int from, boolean head) {
    int at = from;
    while (at < bytes.length) {
      byte next = bytes[at++];
      if (lineLength == line.length) {
        if (lineLength >= LINE_LIMIT) {
          throw new IllegalStateException("a head or line is longer than " + LINE_LIMIT);
        }
        line = Arrays.copyOf(line, lineLength * 2);
      }
      line[lineLength++] = next;
      if (next == '\n' && (!head || endsHead())) {
        break;
      }
    }
    return at;
  }

  private boolean endsHead() {
    int n = lineLength;
    return n >= 4
        && line[n - 1] == '\n'
        && line[n - 2] == '\r'
        && line[n - 3] == '\n'
        && line[n - 4] == '\r';
  }

  private void head() {
    String head = new String(line, 0, lineLength, ISO_8859_1);
    lineLength = 0;
    sink.head(head);
    String length = header(head, "content-length");
    if (header(head, "transfer-encoding").toLowerCase(Locale.ROOT).contains("chunked")) {
      state = State.CHUNK_SIZE;
    } else if (!length.isEmpty()) {
      left = Long.parseLong(length);
      state = State.FIXED;
      if (left == 0) {
        finish();
      }
    } else if (head.startsWith("GET ") || head.startsWith("HTTP/1.1 204")) {
      finish();
    } else {
      throw new IllegalStateException("a message without a length: " + head.lines().findFirst());
    }
  }

  private void chunkLine() {
    int length = lineLength;
    lineLength = 0;
    switch (state) {
      case CHUNK_SIZE -> {
        String size = new String(line, 0, length, ISO_8859_1).trim();
        int extension = size.indexOf(';');
        left = Long.parseLong(extension < 0 ? size : size.substring(0, extension).trim(), 16);
        state = left == 0 ? State.TRAILER : State.CHUNK;
      }
      case CHUNK_END -> state = State.CHUNK_SIZE;
      default -> {
        if (length <= 2) {
          finish();
        }
      }
    }
  }

  private void finish() {
    state = State.HEAD;
    sink.end();
  }

  /** The value of a header, trimmed; empty when it is absent. */
  static String header(String head, String name) {
    int at = head.indexOf("\r\n");
    while (at >= 0 && at + 2 < head.length()) {
      int start = at + 2;
      int colon = start + name.length();
      int next = head.indexOf("\r\n", start);
      if (colon < head.length()
          && head.charAt(colon) == ':'
          && head.regionMatches(true, start, name, 0, name.length())) {
        return head.substring(colon + 1, next < 0 ? head.length() : next).trim();
      }
      at = next;
    }
    return "";
  }
}
