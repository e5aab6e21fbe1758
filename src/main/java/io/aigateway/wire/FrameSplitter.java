package io.aigateway.wire;

import java.util.function.Consumer;

/**
 * Cuts a stream of bytes into {@link Frame}s, wherever the bytes were split on their way. One
 * instance a stream, one thread at a time. There is no limit to a frame but {@code maxBytes}.
 */
public interface FrameSplitter {
  /**
   * Takes the next bytes and hands on every frame that is complete.
   *
   * @throws FrameTooLargeException when a frame grows past the limit
   * @throws DamagedFrameException when the bytes can't be cut, or don't add up
   */
  void feed(byte[] bytes, Consumer<Frame> sink);

  /** Says that no more bytes will come; hands on a last frame that lacks its separator. */
  void end(Consumer<Frame> sink);

  /** The bytes are no frame: what comes after them can't be found any more. */
  final class DamagedFrameException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public DamagedFrameException(String message) {
      super(message, null, false, false);
    }
  }

  /** A frame is larger than any body may be. */
  final class FrameTooLargeException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FrameTooLargeException(int limit) {
      super("an event is larger than " + limit + " bytes", null, false, false);
    }
  }
}
