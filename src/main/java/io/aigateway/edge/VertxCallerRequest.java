package io.aigateway.edge;

import io.aigateway.error.ApiError;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.http.CallerRequest;
import io.aigateway.http.IncomingBody;
import io.aigateway.wire.Buffers;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import io.vertx.core.net.SocketAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** A caller's request on Vert.x. */
final class VertxCallerRequest implements CallerRequest {
  private final HttpServerRequest request;
  private final Context context;
  private final Routing<?> routing;
  private final @Nullable Executor blocking;

  private final List<Runnable> whenGone = new ArrayList<>(2);
  private final List<Runnable> whenClosed = new ArrayList<>(2);
  private volatile boolean gone;
  private volatile boolean headersKept;
  private boolean closed;
  private boolean reading;

  /**
   * @param blocking where the route goes on after a wait, or null for the event loop
   */
  VertxCallerRequest(
      HttpServerRequest request, Context context, Routing<?> routing, @Nullable Executor blocking) {
    this.request = request;
    this.context = context;
    this.routing = routing;
    this.blocking = blocking;
  }

  @Override
  public String method() {
    return request.method().name();
  }

  @Override
  public String path() {
    return request.path();
  }

  @Override
  public @Nullable String query() {
    return request.query();
  }

  @Override
  public String peer() {
    SocketAddress peer = request.connection().remoteAddress();
    return peer == null || peer.hostAddress() == null ? "" : peer.hostAddress();
  }

  @Override
  public @Nullable String header(String name) {
    return request.getHeader(name);
  }

  @Override
  public List<String> headers(String name) {
    return request.headers().getAll(name);
  }

  @Override
  public void keepHeaders() {
    headersKept = true;
  }

  /** The answer has begun; on the context. */
  void forgetHeaders() {
    if (!headersKept) {
      request.headers().clear();
    }
  }

  @Override
  public boolean hasHeaderLike(String prefix) {
    for (String name : request.headers().names()) {
      if (name.regionMatches(true, 0, prefix, 0, prefix.length())) {
        return true;
      }
    }
    return false;
  }

  @Override
  public @Nullable String host() {
    HostAndPort authority = request.authority();
    return authority == null ? null : authority.host();
  }

  @Override
  public boolean isFromLoopback() {
    SocketAddress peer = request.connection().remoteAddress();
    if (peer == null || peer.hostAddress() == null) {
      return false;
    }
    try {
      // an address, not a name: nothing is looked up
      return InetAddress.getByName(peer.hostAddress()).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  @Override
  public Set<String> allowedMethods() {
    return routing.methods(request.path());
  }

  @Override
  public Context context() {
    return context;
  }

  @Override
  public CompletionStage<byte[]> body(long maxBytes) {
    CompletableFuture<byte[]> read = new CompletableFuture<>();
    onContext(() -> readBody(maxBytes, read));
    return read;
  }

  /** Nobody will ask for the body any more; on the context. */
  void letBodyPass() {
    reading = true;
  }

  /** Keeps the body back until somebody asks for it; on the context. */
  void holdBody() {
    if (!reading && !closed && !request.isEnded()) {
      request.pause();
    }
  }

  private void readBody(long maxBytes, CompletableFuture<byte[]> read) {
    if (gone) {
      read.completeExceptionally(new CallerGoneException());
      return;
    }
    long announced = announced(request.getHeader(HttpHeaders.CONTENT_LENGTH));
    if (announced > maxBytes) {
      read.completeExceptionally(tooLarge(maxBytes));
      return;
    }
    beginReading();
    Collector collector = new Collector(maxBytes, announced, read);
    request.handler(collector::add);
    request.endHandler(
        ignored -> {
          SlowHeaders.bodyCame(request.connection());
          collector.end();
        });
    onGone(collector::gone);
    request.resume();
  }

  private void beginReading() {
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue();
    }
    reading = true;
  }

  @Override
  public IncomingBody pieces(long maxBytes) {
    return new Pieces(maxBytes);
  }

  /** The body as it comes; all but {@link #into} on the context. */
  private final class Pieces implements IncomingBody {
    private final long maxBytes;
    private @Nullable Sink sink;
    private long length;
    private boolean begun;
    private boolean over;

    Pieces(long maxBytes) {
      this.maxBytes = maxBytes;
    }

    @Override
    public void into(Sink next) {
      onContext(() -> flow(next));
    }

    private void flow(Sink next) {
      sink = next;
      if (gone) {
        next.failed(new CallerGoneException());
        return;
      }
      if (!begun) {
        begun = true;
        if (announced(request.getHeader(HttpHeaders.CONTENT_LENGTH)) > maxBytes) {
          fail(tooLarge(maxBytes));
          return;
        }
        beginReading();
        request.handler(this::piece);
        request.endHandler(ignored -> end());
        VertxCallerRequest.this.onGone(() -> fail(new CallerGoneException()));
      }
      resume();
    }

    private void piece(Buffer bytes) {
      length += bytes.length();
      if (length > maxBytes) {
        fail(tooLarge(maxBytes));
      } else if (!over && sink != null) {
        sink.bytes(bytes);
      }
    }

    private void end() {
      SlowHeaders.bodyCame(request.connection());
      if (!over && sink != null) {
        over = true;
        sink.end();
      }
    }

    private void fail(RuntimeException why) {
      if (!over && sink != null) {
        over = true;
        sink.failed(why);
      }
    }

    @Override
    public void pause() {
      if (!over && !closed) {
        request.pause();
      }
    }

    @Override
    public void resume() {
      if (!over && !closed) {
        request.resume();
      }
    }
  }

  /** How many bytes the caller says that will come, or -1. */
  private static long announced(@Nullable String length) {
    try {
      return length == null ? -1 : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  private static RequestException tooLarge(long maxBytes) {
    return new RequestException(
        new ApiError(
            413,
            "invalid_request_error",
            "request_too_large",
            "the body is larger than " + maxBytes + " bytes"));
  }

  /**
   * Collects the body; after the limit it only lets the rest pass. The room for it grows with what
   * has come, so that who announces much and sends little doesn't hold much.
   */
  private static final class Collector {
    private static final int SMALL = 64 * 1024;
    private static final byte[] NONE = {};

    private final long maxBytes;
    private final long announced;
    private @Nullable CompletableFuture<byte[]> read;
    private byte[] bytes = NONE;
    private int length;

    /**
     * @param announced how many bytes the caller says that will come, or -1
     */
    Collector(long maxBytes, long announced, CompletableFuture<byte[]> read) {
      this.maxBytes = maxBytes;
      this.announced = announced < 0 ? Long.MAX_VALUE : announced;
      this.read = read;
    }

    void add(Buffer piece) {
      if (read == null) {
        return;
      }
      long wanted = (long) length + piece.length();
      if (wanted > maxBytes) {
        forget().completeExceptionally(tooLarge(maxBytes));
        return;
      }
      if (wanted == announced && length == 0) {
        bytes = Buffers.bytes(piece);
        length = bytes.length;
        return;
      }
      if (wanted > bytes.length) {
        long room = announced <= SMALL ? announced : Math.min(announced, 4 * wanted);
        bytes = Arrays.copyOf(bytes, (int) Math.max(wanted, Math.min(room, maxBytes)));
      }
      piece.getBytes(bytes, length);
      length = (int) wanted;
    }

    void end() {
      if (read != null) {
        byte[] all = length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
        forget().complete(all);
      }
    }

    void gone() {
      if (read != null) {
        forget().completeExceptionally(new CallerGoneException());
      }
    }

    /** Lets go of the bytes, since the request keeps its handlers as long as its answer lasts. */
    private CompletableFuture<byte[]> forget() {
      CompletableFuture<byte[]> waits = Objects.requireNonNull(read);
      read = null;
      bytes = NONE;
      return waits;
    }
  }

  @Override
  public void proceed(Runnable next) {
    if (blocking == null) {
      next.run();
    } else {
      blocking.execute(next);
    }
  }

  @Override
  public boolean isGone() {
    return gone;
  }

  @Override
  public void onGone(Runnable action) {
    onContext(
        () -> {
          if (gone) {
            action.run();
          } else if (!closed) {
            whenGone.add(action);
          }
        });
  }

  @Override
  public void onClosed(Runnable action) {
    onContext(
        () -> {
          if (closed) {
            action.run();
          } else {
            whenClosed.add(action);
          }
        });
  }

  /** The connection is lost before the answer was complete; on the context. */
  void leave() {
    if (!gone && !closed) {
      gone = true;
      List<Runnable> actions = List.copyOf(whenGone);
      whenGone.clear();
      actions.forEach(Runnable::run);
    }
  }

  /** The answer has ended, well or not; on the context. */
  void close() {
    if (!closed) {
      closed = true;
      whenGone.clear();
      List<Runnable> actions = List.copyOf(whenClosed);
      whenClosed.clear();
      actions.forEach(Runnable::run);
    }
  }

  private void onContext(Runnable action) {
    if (Vertx.currentContext() == context) {
      action.run();
    } else {
      context.runOnContext(ignored -> action.run());
    }
  }
}
