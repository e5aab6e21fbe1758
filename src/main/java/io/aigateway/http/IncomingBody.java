package io.aigateway.http;

import io.vertx.core.buffer.Buffer;

/**
 * How does a caller's body come in that is never held whole? Piece by piece, as fast as its reader
 * takes it. Everything but {@link #into} happens on the request's context.
 */
public interface IncomingBody {

  /**
   * Lets the pieces flow into {@code sink}, the first or the next one of this body; what an earlier
   * one was given is not given again. May be called on any thread.
   */
  void into(Sink sink);

  /** No piece comes until {@link #resume} or another {@link #into}. */
  void pause();

  void resume();

  /**
   * Who takes the pieces. At most one of {@link #end} and {@link #failed} comes, and comes last.
   */
  interface Sink {
    void bytes(Buffer piece);

    /** The body is complete. */
    void end();

    /**
     * With a {@link io.aigateway.error.RequestException} 413 when the body is too large, or a
     * {@link io.aigateway.error.CallerGoneException}.
     */
    void failed(RuntimeException why);
  }
}
