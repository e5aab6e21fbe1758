package io.aigateway.wire;

import org.jspecify.annotations.Nullable;

/**
 * One unit of a stream as the provider sent it.
 *
 * @param raw all bytes of the frame, its separator included, so that frames joined are the stream
 * @param event the {@code event:} name of a server-sent event, or null
 * @param data the payload; empty for comments and for events without data
 */
@SuppressWarnings("ArrayRecordComponent")
public record Frame(byte[] raw, @Nullable String event, byte[] data) {
  /** True when there is nothing to read in the frame, as in a comment. */
  public boolean isBlank() {
    return data.length == 0;
  }
}
