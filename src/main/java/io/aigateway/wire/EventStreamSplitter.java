package io.aigateway.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Where does one message of an AWS event stream end and the next begin, and what does it hold? Both
 * checksums are tested. {@link Frame#event()} is the message's {@code :event-type}; of an exception
 * it is {@link #EXCEPTION} and then its type or error code. Time is linear in the bytes. One thread
 * at a time.
 *
 * <p>Source: https://docs.aws.amazon.com/AmazonS3/latest/API/RESTSelectObjectAppendix.html
 */
public final class EventStreamSplitter implements FrameSplitter {
  /** What stands before the type of an exception, so that no event can be taken for one. */
  public static final String EXCEPTION = "exception:";

  private static final int LENGTH = 4;
  private static final int PRELUDE = 12;
  private static final int CHECKSUM = 4;
  private static final int STRING = 7;

  /** Bytes of a header's value by its type, -1 where two bytes of length stand before it. */
  private static final int[] SIZES = {0, 0, 1, 2, 4, 8, -1, -1, 8, 16};

  private final int maxBytes;
  private final ByteTail tail;
  private final byte[] length = new byte[LENGTH];
  private int lengthSeen;
  private int missing;

  public EventStreamSplitter(int maxBytes) {
    this.maxBytes = maxBytes;
    this.tail = new ByteTail(maxBytes);
  }

  @Override
  public void feed(byte[] bytes, Consumer<Frame> sink) {
    int start = 0;
    int at = 0;
    while (at < bytes.length) {
      if (lengthSeen < LENGTH) {
        length[lengthSeen++] = bytes[at++];
        if (lengthSeen == LENGTH) {
          missing = total() - LENGTH;
        }
        continue;
      }
      int taken = Math.min(missing, bytes.length - at);
      at += taken;
      missing -= taken;
      if (missing == 0) {
        sink.accept(decoded(tail.take(bytes, start, at)));
        start = at;
        lengthSeen = 0;
      }
    }
    if (start < bytes.length) {
      tail.add(bytes, start, bytes.length);
    }
  }

  /** A message that was cut off says nothing. */
  @Override
  public void end(Consumer<Frame> sink) {}

  private int total() {
    int total = ByteBuffer.wrap(length).getInt();
    if (total < PRELUDE + CHECKSUM) {
      throw new DamagedFrameException("a message of the event stream has an impossible length");
    }
    if (total > maxBytes) {
      throw new FrameTooLargeException(maxBytes);
    }
    return total;
  }

  private static Frame decoded(byte[] raw) {
    ByteBuffer message = ByteBuffer.wrap(raw);
    int headers = message.getInt(LENGTH);
    int end = raw.length - CHECKSUM;
    if (checksum(raw, PRELUDE - CHECKSUM) != message.getInt(PRELUDE - CHECKSUM)
        || checksum(raw, end) != message.getInt(end)) {
      throw new DamagedFrameException("a message of the event stream fails its checksum");
    }
    if (headers < 0 || headers > end - PRELUDE) {
      throw new DamagedFrameException("the headers of a message are longer than the message");
    }
    Map<String, String> texts = headers(message.slice(PRELUDE, headers));
    byte[] payload = Arrays.copyOfRange(raw, PRELUDE + headers, end);
    return switch (texts.getOrDefault(":message-type", "event")) {
      case "exception" -> new Frame(raw, EXCEPTION + texts.get(":exception-type"), payload);
      case "error" ->
          new Frame(
              raw,
              EXCEPTION + texts.get(":error-code"),
              payload.length == 0 ? said(texts.get(":error-message")) : payload);
      default -> new Frame(raw, texts.get(":event-type"), payload);
    };
  }

  private static int checksum(byte[] bytes, int count) {
    CRC32 crc = new CRC32();
    crc.update(bytes, 0, count);
    return (int) crc.getValue();
  }

  /** The headers that are text, by name. */
  private static Map<String, String> headers(ByteBuffer bytes) {
    Map<String, String> texts = new HashMap<>();
    while (bytes.hasRemaining()) {
      String name = text(bytes, take(bytes, 1).get() & 0xff);
      int type = take(bytes, 1).get();
      if (type < 0 || type >= SIZES.length) {
        throw new DamagedFrameException("a header of the event stream has an unknown type");
      }
      int size = SIZES[type] >= 0 ? SIZES[type] : take(bytes, 2).getShort() & 0xffff;
      if (type == STRING) {
        texts.put(name, text(bytes, size));
      } else {
        take(bytes, size);
      }
    }
    return texts;
  }

  private static String text(ByteBuffer bytes, int size) {
    return StandardCharsets.UTF_8.decode(take(bytes, size)).toString();
  }

  private static ByteBuffer take(ByteBuffer bytes, int size) {
    if (size > bytes.remaining()) {
      throw new DamagedFrameException("a header of the event stream is longer than its place");
    }
    ByteBuffer taken = bytes.slice(bytes.position(), size);
    bytes.position(bytes.position() + size);
    return taken;
  }

  /** An error without a payload in the form of those that have one. */
  private static byte[] said(@Nullable String message) {
    return Json.bytes(
        Json.object().put("message", message == null ? "the provider reported an error" : message));
  }
}
