package io.aigateway.fake;

import java.time.Duration;
import java.util.Map;

/** One thing that the fake does on a connection; a behaviour is a list of these. */
sealed interface Step {
  /**
   * Sends the status line and the headers.
   *
   * @param length the content-length, or -1 for chunks
   */
  record Head(int status, Map<String, String> headers, long length) implements Step {}

  /** Sends bytes of the body and waits until the socket took them. */
  @SuppressWarnings("ArrayRecordComponent")
  record Write(byte[] bytes) implements Step {}

  /** Waits. */
  record Pause(Duration time) implements Step {}

  /** Closes the socket. */
  record Cut() implements Step {}

  /** Does nothing more and leaves the connection open. */
  record Silence() implements Step {}

  /** Ends the answer properly. */
  record End() implements Step {}
}
