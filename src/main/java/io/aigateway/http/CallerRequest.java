package io.aigateway.http;

import io.vertx.core.Context;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What did the caller send? The headers are there at once, the body is read when it is asked for.
 * Used on the request's own {@link #context()} unless a method says otherwise.
 */
public interface CallerRequest {

  String method();

  /** The path, without the query. */
  String path();

  /** The query as it was sent, without the question mark, or null. */
  @Nullable String query();

  /** The address of the peer, as a number; "" when it is not known. */
  String peer();

  /** The value of the first header of this name, in any case, or null. */
  @Nullable String header(String name);

  /** The values of all headers of this name, in any case, in their order. */
  List<String> headers(String name);

  /**
   * The headers will be asked for also when a streamed answer has begun; without this they are gone
   * then. May be called on any thread, before the answer begins.
   */
  default void keepHeaders() {}

  /** Whether a header's name begins with {@code prefix}, which is in lower case. */
  boolean hasHeaderLike(String prefix);

  /** The host that was asked for, as the caller wrote it but without the port; or null. */
  @Nullable String host();

  /** Whether the peer is this very machine. */
  boolean isFromLoopback();

  /** The methods that are served under this path; empty when the path is unknown. */
  Set<String> allowedMethods();

  /** The event loop on which the request is served. */
  Context context();

  /**
   * Reads the whole body, once; may be called on any thread, and completes on {@link #context()}.
   * Fails with a {@link io.aigateway.error.RequestException} 413 when the body is larger than
   * {@code maxBytes}, and when the caller leaves before its end.
   */
  CompletionStage<byte[]> body(long maxBytes);

  /**
   * The body piece by piece, in place of {@link #body}; nothing comes before it is asked to flow.
   * Fails as {@link #body} does.
   */
  IncomingBody pieces(long maxBytes);

  /**
   * Goes on with a route whose step has waited: at once, or, when the route has a blocking step, on
   * a thread that may block.
   */
  void proceed(Runnable next);

  /** {@link #proceed} from a thread that has nothing to do with the request. */
  default void goOn(Runnable next) {
    context().runOnContext(ignored -> proceed(next));
  }

  /** Whether the connection is gone before the answer was complete. */
  boolean isGone();

  /** Runs {@code action} on {@link #context()} when the caller leaves before the answer's end. */
  void onGone(Runnable action);

  /** Runs {@code action} on {@link #context()} when the answer has ended, well or not. */
  void onClosed(Runnable action);
}
