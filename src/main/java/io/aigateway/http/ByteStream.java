package io.aigateway.http;

import io.vertx.core.buffer.Buffer;

/**
 * A body that comes bit by bit. Everything happens on the request's context; a stream is started at
 * most once.
 */
public interface ByteStream {

  /** Lets the bytes flow into {@code sink}. */
  void start(Sink sink);

  /** Asks for no more bytes until {@link #resume()}; what is under way may still come. */
  void pause();

  void resume();

  /** The caller has left, or reads no more: frees everything. Harmless after the end. */
  void cancel();

  /** The gateway stops: tells the caller so in its own dialect and ends. */
  void abort();

  /** Where the bytes go. */
  interface Sink {
    void bytes(Buffer bytes);

    /** No more bytes. */
    void end();

    /** What came is not all, and there is no way of saying so: the connection is cut. */
    void cut();
  }
}
