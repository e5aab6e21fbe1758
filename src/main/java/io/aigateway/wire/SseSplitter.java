package io.aigateway.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Where does one server-sent event end and the next begin? Every blank line ends a frame; comments
 * and empty events are frames without data. The frames do not depend on how the bytes were split.
 * Time is linear in the bytes. Arrays that were fed may be handed on as {@link Frame#raw()}, so
 * they must not be changed afterwards. One thread at a time.
 *
 * <p>Unlike the specification, a last event that lacks its blank line is handed on by {@link #end}:
 * some providers close right after their last byte.
 *
 * <p>Source:
 * https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
public final class SseSplitter implements FrameSplitter {
  private static final byte[] NO_DATA = {};
  private static final byte[] DATA = {'d', 'a', 't', 'a'};
  private static final byte[] EVENT = {'e', 'v', 'e', 'n', 't'};

  private final ByteTail tail;

  /** Whether the line that is being read has no byte yet. */
  private boolean lineEmpty = true;

  /** Whether the byte before ended a line that was not blank and was CR, so that LF may follow. */
  private boolean afterCr;

  /** Whether a blank line was ended by CR and the next byte decides if LF belongs to it. */
  private boolean blankCr;

  /** Whether the last line that was not blank ended with CR alone. */
  private boolean bareCr;

  /** Whether the very first frame, which may have a byte order mark, is still to come. */
  private boolean first = true;

  public SseSplitter(int maxBytes) {
    tail = new ByteTail(maxBytes);
  }

  @Override
  public void feed(byte[] bytes, Consumer<Frame> sink) {
    int start = 0;
    for (int i = 0; i < bytes.length; i++) {
      byte b = bytes[i];
      if (blankCr) {
        blankCr = false;
        if (b == '\n') {
          hand(tail.take(bytes, start, i + 1), sink);
          start = i + 1;
          continue;
        }
        hand(tail.take(bytes, start, i), sink);
        start = i;
      }
      if (b == '\n') {
        if (afterCr) {
          // The second half of CRLF: it ends no line of its own.
          afterCr = false;
          bareCr = false;
        } else if (lineEmpty) {
          hand(tail.take(bytes, start, i + 1), sink);
          start = i + 1;
        } else {
          lineEmpty = true;
          bareCr = false;
        }
      } else if (b == '\r') {
        if (!lineEmpty) {
          lineEmpty = true;
          afterCr = true;
          bareCr = true;
        } else if (bareCr) {
          // In a stream of bare CRs waiting for LF would hold every event back until the next one.
          hand(tail.take(bytes, start, i + 1), sink);
          start = i + 1;
          afterCr = true;
        } else {
          afterCr = false;
          blankCr = true;
        }
      } else {
        lineEmpty = false;
        afterCr = false;
      }
    }
    if (start < bytes.length) {
      tail.add(bytes, start, bytes.length);
    }
  }

  @Override
  public void end(Consumer<Frame> sink) {
    blankCr = false;
    if (!tail.isEmpty()) {
      hand(tail.take(), sink);
    }
  }

  private void hand(byte[] raw, Consumer<Frame> sink) {
    if (raw.length == 0) {
      return;
    }
    int start = 0;
    if (first) {
      first = false;
      if (raw.length >= 3
          && raw[0] == (byte) 0xef
          && raw[1] == (byte) 0xbb
          && raw[2] == (byte) 0xbf) {
        start = 3;
      }
    }
    sink.accept(parse(raw, start));
  }

  private static Frame parse(byte[] raw, int start) {
    String event = null;
    int dataLines = 0;
    int from = 0;
    int to = 0;
    byte[] joined = NO_DATA;
    int length = 0;
    int at = start;
    while (at < raw.length) {
      int end = at;
      while (end < raw.length && raw[end] != '\n' && raw[end] != '\r') {
        end++;
      }
      if (isField(raw, at, end, DATA)) {
        if (dataLines++ > 0) {
          if (joined.length == 0) {
            joined = new byte[raw.length];
            length = append(raw, from, to, joined, 0);
          }
          joined[length++] = '\n';
        }
        from = valueStart(raw, at + DATA.length, end);
        to = end;
        if (joined.length > 0) {
          length = append(raw, from, to, joined, length);
        }
      } else if (isField(raw, at, end, EVENT)) {
        int name = valueStart(raw, at + EVENT.length, end);
        event = name == end ? null : new String(raw, name, end - name, StandardCharsets.UTF_8);
      }
      at = end + 1;
    }
    return joined.length > 0
        ? new Frame(raw, event, Arrays.copyOf(joined, length))
        : Frame.of(raw, event, from, to);
  }

  private static int append(byte[] raw, int from, int to, byte[] target, int at) {
    System.arraycopy(raw, from, target, at, to - from);
    return at + to - from;
  }

  private static boolean isField(byte[] raw, int start, int end, byte[] name) {
    int after = start + name.length;
    return after <= end
        && (after == end || raw[after] == ':')
        && Arrays.equals(raw, start, after, name, 0, name.length);
  }

  private static int valueStart(byte[] raw, int colon, int end) {
    int start = Math.min(colon + 1, end);
    return start < end && raw[start] == ' ' ? start + 1 : start;
  }
}
