package io.aigateway.wire;

import java.util.Arrays;

/** The bytes of a frame whose end has not come yet; grows by doubling, so that adding is linear. */
final class ByteTail {
  private static final byte[] NONE = {};

  private final int limit;
  private byte[] buffer = NONE;
  private int length;

  ByteTail(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("maxBytes must be at least 1, was " + limit);
    }
    this.limit = limit;
  }

  boolean isEmpty() {
    return length == 0;
  }

  void add(byte[] bytes, int start, int end) {
    int count = end - start;
    check(count);
    if (count > buffer.length - length) {
      long wanted = Math.max((long) length + count, Math.max(256, buffer.length * 2L));
      buffer = Arrays.copyOf(buffer, (int) Math.min(wanted, limit));
    }
    System.arraycopy(bytes, start, buffer, length, count);
    length += count;
  }

  /** All bytes so far and those of the range, as one array of their own; the tail is empty then. */
  byte[] take(byte[] bytes, int start, int end) {
    int count = end - start;
    check(count);
    if (length == 0) {
      // A chunk that is exactly one frame is handed on as it is.
      return count == bytes.length ? bytes : Arrays.copyOfRange(bytes, start, end);
    }
    byte[] all = Arrays.copyOf(buffer, length + count);
    System.arraycopy(bytes, start, all, length, count);
    clear();
    return all;
  }

  byte[] take() {
    byte[] all = Arrays.copyOf(buffer, length);
    clear();
    return all;
  }

  private void clear() {
    length = 0;
    // a stream may wait for minutes, and thousands may do so at once
    buffer = NONE;
  }

  private void check(int more) {
    if (more > limit - length) {
      throw new FrameSplitter.FrameTooLargeException(limit);
    }
  }
}
