package io.aigateway.edge;

import io.aigateway.http.ByteStream;
import io.aigateway.http.HttpAnswer;
import io.vertx.core.Future;
import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes one answer: at once, or bit by bit as fast as the caller reads. Notices when the caller
 * leaves, also in silence. Everything happens on the request's context.
 */
final class AnswerWriter implements ByteStream.Sink {
  /** How long a caller may stop reading a stream before it is cut off. */
  private static final long STALL_MILLIS = TimeUnit.SECONDS.toMillis(60);

  /** From so many waiting bytes on, a caller who does not read is looked at. */
  private static final long WATCHED_BYTES = 32 * 1024;

  /** How long the rest of a refused body is let pass before the connection is closed. */
  private static final long DISCARD_MILLIS = TimeUnit.SECONDS.toMillis(5);

  private static final CharSequence CLOSE = HttpHeaders.createOptimized("close");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");

  private final HttpServerRequest http;
  private final HttpServerResponse response;
  private final VertxCallerRequest request;
  private final GatewayEngine engine;
  private final Connections connections;
  private @Nullable ByteStream stream;
  private final boolean late;
  private boolean streaming;
  private boolean ended;
  private boolean done;
  private boolean paused;
  private long stallTimer = -1;

  AnswerWriter(HttpServerRequest http, VertxCallerRequest request, GatewayEngine engine) {
    this.http = http;
    this.response = http.response();
    this.request = request;
    this.engine = engine;
    this.connections = engine.connections();
    this.late = connections.isLate();
  }

  /** The doors by which the request came in. */
  GatewayEngine engine() {
    return engine;
  }

  /** Whether the caller came when the gateway had begun to end. */
  boolean isLate() {
    return late;
  }

  /** Begins to look out for the caller's leaving. */
  void watch() {
    connections.began(this);
    response.closeHandler(ignored -> left());
    response.exceptionHandler(ignored -> left());
    http.exceptionHandler(ignored -> broken());
  }

  /** The caller's bytes are no HTTP any more, or it has left. */
  private void broken() {
    if (!done && !ended && stream == null && http.decoderResult().isFailure()) {
      write(Faults.of(400, "the body is not valid HTTP").header("connection", "close"));
    } else {
      left();
    }
  }

  void write(HttpAnswer answer) {
    if (done || ended) {
      if (answer.stream() != null) {
        answer.stream().cancel();
      }
      return;
    }
    response.setStatusCode(answer.status());
    MultiMap headers = response.headers();
    if (answer.contentType() != null) {
      headers.set(HttpHeaders.CONTENT_TYPE, answer.contentType());
    }
    List<String> more = answer.headers();
    for (int i = 0; i < more.size(); i += 2) {
      headers.set(more.get(i), more.get(i + 1));
    }
    if (connections.isDraining() && http.version() != HttpVersion.HTTP_2) {
      headers.set(HttpHeaders.CONNECTION, CLOSE);
    }
    Buffer whole = answer.bytes();
    if (whole != null) {
      discardRest();
      end(response.end(whole));
    } else {
      begin(Objects.requireNonNull(answer.stream()), headers);
    }
  }

  private void begin(ByteStream body, MultiMap headers) {
    stream = body;
    streaming = true;
    connections.streamBegan();
    headers.set(HttpHeaders.CACHE_CONTROL, NO_CACHE);
    headers.set("x-accel-buffering", "no");
    response.setChunked(true);
    response.drainHandler(ignored -> drained());
    body.start(this);
    if (response.headWritten()) {
      // nobody reads them any more, and they would last as long as the stream
      headers.clear();
      request.forgetHeaders();
    }
  }

  @Override
  public void bytes(Buffer bytes) {
    if (done) {
      return;
    }
    // no promise for each piece: one that can't be sent closes the connection
    response.write(bytes, null);
    if (!paused && response.writeQueueFull() && stream != null) {
      paused = true;
      stream.pause();
      watchStall();
    }
  }

  private void drained() {
    if (paused) {
      paused = false;
      stopStallTimer();
      if (!done && !ended && stream != null) {
        stream.resume();
      }
    }
  }

  @Override
  public void end() {
    if (!done && !ended) {
      discardRest();
      end(response.end());
    }
  }

  /** Without its last chunk the caller can tell the answer from a whole one. */
  @Override
  public void cut() {
    if (!done && !ended) {
      http.connection().close();
      finish();
    }
  }

  /** The answer is complete when the caller's side has taken its last byte. */
  private void end(Future<Void> written) {
    ended = true;
    written.onComplete(
        ignored -> {
          if (!done) {
            finish();
          }
        });
    // a small answer fits into the socket's own buffer and needs no watching
    if (!done && stallTimer < 0 && SlowHeaders.pending(http.connection()) > WATCHED_BYTES) {
      watchStall();
    }
  }

  /** A caller may read slowly but not stop: cut off when nothing has moved for a while. */
  private void watchStall() {
    long before = SlowHeaders.pending(http.connection());
    stallTimer =
        request
            .context()
            .owner()
            .setTimer(
                STALL_MILLIS,
                ignored -> {
                  stallTimer = -1;
                  if (done) {
                    return;
                  }
                  if (SlowHeaders.pending(http.connection()) < before) {
                    watchStall();
                  } else {
                    SlowHeaders.kill(http.connection());
                    left();
                  }
                });
  }

  /** The connection is gone, or as good as gone. */
  private void left() {
    if (!done) {
      request.leave();
      if (stream != null) {
        stream.cancel();
      }
      finish();
    }
  }

  /** The route has ended without an answer because nobody waits for one. */
  void nobody() {
    if (!done) {
      http.connection().close();
      finish();
    }
  }

  /** The gateway stops; may be called on any thread. */
  void abort() {
    request
        .context()
        .runOnContext(
            ignored -> {
              if (done) {
                return;
              }
              if (ended) {
                SlowHeaders.kill(http.connection());
              } else if (stream != null) {
                stream.abort();
              } else {
                write(Faults.stopping());
              }
            });
  }

  private void finish() {
    done = true;
    stopStallTimer();
    if (streaming) {
      connections.streamEnded();
    }
    connections.ended(this);
    SlowHeaders.answered(http.connection());
    request.close();
  }

  private void stopStallTimer() {
    if (stallTimer >= 0) {
      request.context().owner().cancelTimer(stallTimer);
      stallTimer = -1;
    }
  }

  /** A body that nobody wants is let pass, so that its sender can read the answer; not for ever. */
  private void discardRest() {
    request.letBodyPass();
    if (!http.isEnded()) {
      http.handler(ignored -> {});
      long timer =
          request.context().owner().setTimer(DISCARD_MILLIS, ignored -> http.connection().close());
      http.endHandler(ignored -> request.context().owner().cancelTimer(timer));
      http.resume();
    }
  }
}
