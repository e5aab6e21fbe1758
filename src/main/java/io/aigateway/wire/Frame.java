package io.aigateway.wire;

import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * One unit of a stream as the provider sent it. The arrays are not copied and must not be changed.
 * One thread at a time.
 */
public final class Frame {
  private final byte[] raw;
  private final @Nullable String event;
  private final byte[] holder;
  private final int start;
  private final int end;
  private byte @Nullable [] data;

  /**
   * @param raw all bytes of the frame, its separator included, so that frames joined are the stream
   * @param event the {@code event:} name of a server-sent event, or null
   * @param data the payload; empty for comments and for events without data
   */
  public Frame(byte[] raw, @Nullable String event, byte[] data) {
    this(raw, event, data, 0, data.length);
    this.data = data;
  }

  private Frame(byte[] raw, @Nullable String event, byte[] holder, int start, int end) {
    this.raw = raw;
    this.event = event;
    this.holder = holder;
    this.start = start;
    this.end = end;
  }

  /** A frame whose payload stands in its bytes from {@code start} up to but not {@code end}. */
  public static Frame of(byte[] raw, @Nullable String event, int start, int end) {
    return new Frame(raw, event, raw, start, end);
  }

  public byte[] raw() {
    return raw;
  }

  public @Nullable String event() {
    return event;
  }

  /** The payload; {@link #startsWith} and {@link #read} need no copy of it. */
  public byte[] data() {
    if (data == null) {
      data = Arrays.copyOfRange(holder, start, end);
    }
    return data;
  }

  /** True when there is nothing to read in the frame, as in a comment. */
  public boolean isBlank() {
    return start == end;
  }

  /** Whether the payload's first byte is {@code first}. */
  public boolean startsWith(char first) {
    return start < end && holder[start] == first;
  }

  /**
   * Reads the payload as JSON.
   *
   * @throws com.fasterxml.jackson.core.JsonProcessingException when it is not JSON
   */
  public <T extends @Nullable Object> T read(SmallJson.Reader<T> reader) throws IOException {
    return SmallJson.read(holder, start, end, reader);
  }
}
