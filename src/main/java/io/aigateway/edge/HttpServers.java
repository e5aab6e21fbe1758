package io.aigateway.edge;

import io.aigateway.http.HttpAnswer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.AbstractVerticle;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.impl.ContextInternal;
import io.vertx.core.net.impl.ConnectionBase;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The listening side: one server an event loop, all on the same address. Speaks HTTP/1.1; a caller
 * who offers to change to h2c is answered in HTTP/1.1. {@link #start} waits.
 */
public final class HttpServers {

  /**
   * What the servers keep to.
   *
   * @param port 0 for any free one
   * @param maxHeaderBytes all headers of a request together
   * @param headerTimeout from the first byte of a request to the end of its headers
   * @param idleTimeout a connection without a request, or a caller without a sign of life
   * @param serves which paths; all others are unknown here
   */
  public record Options(
      String host,
      int port,
      int maxHeaderBytes,
      Duration headerTimeout,
      Duration idleTimeout,
      Predicate<String> serves) {}

  private static final long CLOSING_MILLIS = 1000;

  private final Vertx vertx;
  private final Doors doors;
  private final Options options;
  private final int loops;
  private final Supplier<String> ids;
  private final AtomicInteger boundPort = new AtomicInteger();
  private final AtomicReference<@Nullable Channel> listening = new AtomicReference<>();
  private @Nullable String deployment;

  public HttpServers(Vertx vertx, Doors doors, Options options, int loops, Supplier<String> ids) {
    this.vertx = vertx;
    this.doors = doors;
    this.options = options;
    this.loops = loops;
    this.ids = ids;
  }

  /**
   * Opens the port.
   *
   * @throws IllegalStateException when the address can't be bound
   */
  public void start() {
    try {
      deployment = await(new DeploymentOptions().setInstances(loops));
    } catch (CompletionException e) {
      Throwable cause = e.getCause();
      throw new IllegalStateException(
          "can't listen on " + options.host() + ":" + options.port() + ": " + cause.getMessage(),
          cause);
    }
  }

  private String await(DeploymentOptions how) {
    return vertx.deployVerticle(Server::new, how).toCompletionStage().toCompletableFuture().join();
  }

  /**
   * Takes no further connections: who comes now is refused by the system, before anything is sent,
   * and goes elsewhere. Open connections are served. Waits.
   */
  void stopListening() {
    Channel acceptor = listening.get();
    if (acceptor != null) {
      acceptor.close().awaitUninterruptibly(CLOSING_MILLIS);
    }
  }

  /** Closes the port and all connections; waits. */
  public void stop() {
    String running = deployment;
    if (running != null) {
      deployment = null;
      vertx.undeploy(running).toCompletionStage().toCompletableFuture().join();
    }
  }

  /** The port that is listened on; 0 before the start. */
  public int port() {
    return boundPort.get();
  }

  public boolean isStarted() {
    return deployment != null;
  }

  private void serve(HttpServerRequest request, Context context) {
    String path = request.path();
    GatewayEngine engine = doors.current();
    GatewayConsumer door =
        path == null || !options.serves().test(path)
            ? null
            : engine.routing().find(request.method().name(), path);
    if (door != null) {
      door.serve(request, context);
    } else {
      VertxCallerRequest unserved =
          new VertxCallerRequest(request, context, engine.routing(), null);
      AnswerWriter writer = new AnswerWriter(request, unserved, engine);
      writer.watch();
      writer.write(Faults.notFound());
    }
  }

  private void serveLate(HttpServerRequest request, Context context) {
    if (!request.response().closed()) {
      serve(request, context);
    }
  }

  /** One server on one event loop. */
  private final class Server extends AbstractVerticle {
    @Override
    public void start(Promise<Void> started) {
      // all servers with the same negative port share one that the system chooses
      int port = options.port() != 0 ? options.port() : -1;
      HttpServer server =
          vertx.createHttpServer(
              new HttpServerOptions()
                  .setHost(options.host())
                  .setPort(port)
                  .setTcpNoDelay(true)
                  .setTcpQuickAck(true)
                  .setReuseAddress(true)
                  .setAcceptBacklog(4096)
                  .setMaxHeaderSize(options.maxHeaderBytes())
                  .setMaxInitialLineLength(16 * 1024)
                  .setMaxChunkSize(64 * 1024)
                  .setHandle100ContinueAutomatically(false)
                  // with it a connection is shown only once its first headers are complete, and
                  // whoever never completes them could not be cut off
                  .setHttp2ClearTextEnabled(false)
                  .setCompressionSupported(false)
                  .setDecompressionSupported(false)
                  // no websockets here: their handlers would look at every request
                  .setPerFrameWebSocketCompressionSupported(false)
                  .setPerMessageWebSocketCompressionSupported(false)
                  .setIdleTimeoutUnit(TimeUnit.MILLISECONDS));
      EventLoop loop = ((ContextInternal) context).nettyEventLoop();
      Turns turns = new Turns(loop, task -> loop.schedule(task, 0, TimeUnit.NANOSECONDS));
      server.connectionHandler(this::opened);
      server.requestHandler(
          request -> {
            SlowHeaders.headersCame(request.connection(), request.version() == HttpVersion.HTTP_2);
            Context context = vertx.getOrCreateContext();
            if (turns.mayBegin()) {
              serve(request, context);
            } else {
              request.pause();
              turns.await(() -> context.runOnContext(ignored -> serveLate(request, context)));
            }
          });
      server.invalidRequestHandler(this::refuse);
      server.exceptionHandler(ignored -> {});
      doors.serving(context);
      server
          .listen()
          .onComplete(
              bound -> {
                if (bound.succeeded()) {
                  boundPort.compareAndSet(0, bound.result().actualPort());
                  started.complete();
                } else {
                  started.fail(bound.cause());
                }
              });
    }

    /** What came is no HTTP, or too long for its head. */
    private void refuse(HttpServerRequest request) {
      Throwable cause = request.decoderResult().cause();
      HttpAnswer answer =
          cause instanceof TooLongHttpHeaderException
              ? Faults.of(431, "the headers are larger than " + options.maxHeaderBytes() + " bytes")
              : cause instanceof TooLongHttpLineException
                  ? Faults.of(414, "the address is too long")
                  : Faults.of(400, "the request is not valid HTTP");
      HttpServerResponse response = request.response().setStatusCode(answer.status());
      response.putHeader("content-type", Objects.requireNonNull(answer.contentType()));
      response.putHeader("x-request-id", ids.get());
      response.putHeader("connection", "close");
      response.end(answer.bytes()).onComplete(ignored -> request.connection().close());
    }

    private void opened(HttpConnection connection) {
      doors.connections().opened();
      if (listening.get() == null && connection instanceof ConnectionBase base) {
        // all servers of an address accept by one channel, which Vert.x doesn't show otherwise
        listening.set(base.channel().parent());
      }
      connection.closeHandler(ignored -> doors.connections().closed());
      SlowHeaders.watch(connection, options.headerTimeout(), options.idleTimeout());
      ChunkEncoder.install(connection);
    }
  }
}
