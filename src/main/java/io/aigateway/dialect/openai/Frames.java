package io.aigateway.dialect.openai;

import io.aigateway.wire.Ascii;
import io.aigateway.wire.Frame;
import java.util.Arrays;

/** What can be told of a frame's bytes without reading its JSON? */
final class Frames {
  private static final byte[] DONE = {'[', 'D', 'O', 'N', 'E', ']'};

  private Frames() {}

  /** Whether this is the end of a stream, {@code [DONE]}, spaces around it aside. */
  static boolean isDone(Frame frame) {
    if (frame.isBlank() || frame.startsWith('{')) {
      return false;
    }
    byte[] data = frame.data();
    int start = 0;
    int end = data.length;
    while (start < end && Ascii.isSpace(data[start])) {
      start++;
    }
    while (end > start && Ascii.isSpace(data[end - 1])) {
      end--;
    }
    return Arrays.equals(data, start, end, DONE, 0, DONE.length);
  }
}
