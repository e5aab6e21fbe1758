package io.aigateway.wire;

import java.util.function.Consumer;

/**
 * Where does one line of newline-delimited JSON end and the next begin? Empty lines are frames
 * without data. Time is linear in the bytes. Arrays that were fed may be handed on as {@link
 * Frame#raw()}, so they must not be changed afterwards. One thread at a time.
 *
 * <p>Source: https://github.com/ndjson/ndjson-spec
 */
public final class LineSplitter implements FrameSplitter {
  private final ByteTail tail;

  public LineSplitter(int maxBytes) {
    tail = new ByteTail(maxBytes);
  }

  @Override
  public void feed(byte[] bytes, Consumer<Frame> sink) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      if (bytes[i] == '\n') {
        hand(tail.take(bytes, start, i + 1), sink);
        start = i + 1;
      }
    }
    if (start < bytes.length) {
      tail.add(bytes, start, bytes.length);
    }
  }

  @Override
  public void end(Consumer<Frame> sink) {
    if (!tail.isEmpty()) {
      hand(tail.take(), sink);
    }
  }

  private static void hand(byte[] raw, Consumer<Frame> sink) {
    int start = 0;
    int end = raw.length;
    while (start < end && isSpace(raw[start])) {
      start++;
    }
    while (end > start && isSpace(raw[end - 1])) {
      end--;
    }
    sink.accept(Frame.of(raw, null, start, end));
  }

  private static boolean isSpace(byte b) {
    return b == ' ' || b == '\t' || b == '\r' || b == '\n';
  }
}
