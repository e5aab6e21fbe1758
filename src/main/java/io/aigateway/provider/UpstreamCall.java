package io.aigateway.provider;

import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.IncomingBody;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP call: bytes out, bytes in, and an end within its time limits. Everything happens on the
 * context of the request that it serves.
 */
final class UpstreamCall extends Deadlines.Entry {

  /**
   * Who reads the answer. Exactly one of {@link #end} and {@link #failed} comes, and comes last.
   */
  interface Receiver {
    void head(int status, MultiMap headers);

    void bytes(Buffer bytes);

    void end();

    void failed(Kind kind, String message);
  }

  /**
   * The rest of a body that is not held.
   *
   * @param begins runs when the first bytes go out: from then on nobody can send the body again
   * @param failed hears why the body broke off; the receiver hears nothing more
   */
  record Upload(IncomingBody rest, Runnable begins, Consumer<RuntimeException> failed) {}

  private static final int MAX_RETRIES = 1;

  /** A connection that closes later than this after a request was written may have been read. */
  private static final long UNSEEN_NANOS = 100_000_000;

  private static final long LINGER_NANOS = 1_000_000_000;

  /** A caller who sends slowly is its server's business: the provider's limits begin later. */
  private static final long UPLOAD_NANOS = TimeUnit.DAYS.toNanos(1);

  /** Marks connections that have served before. */
  private static final AttributeKey<Boolean> USED = AttributeKey.valueOf("upstream-used");

  private final LoopClients clients;
  private final Context context;
  private final Timeouts timeouts;
  private final boolean streamed;
  private final LongSupplier clock;
  private final Deadlines deadlines;
  private final Receiver receiver;

  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private boolean done;
  private boolean uploading;
  private boolean blocked;
  private boolean paused;
  private boolean answered;
  private long startedNanos;
  private long activeNanos;
  private long lingerUntilNanos;
  private int retries;

  /**
   * @param streamed whether the first byte has a limit of its own
   * @param clock monotonic, nanoseconds
   */
  UpstreamCall(
      LoopClients clients,
      Context context,
      Timeouts timeouts,
      boolean streamed,
      LongSupplier clock,
      Deadlines deadlines,
      Receiver receiver) {
    this.clients = clients;
    this.context = context;
    this.timeouts = timeouts;
    this.streamed = streamed;
    this.clock = clock;
    this.deadlines = deadlines;
    this.receiver = receiver;
  }

  /** Sends the request; may be called on any thread. */
  void send(RequestOptions options, Buffer body, @Nullable Upload more) {
    if (Vertx.currentContext() == context) {
      sendHere(options, body, more);
    } else {
      context.runOnContext(ignored -> sendHere(options, body, more));
    }
  }

  private void sendHere(RequestOptions options, Buffer body, @Nullable Upload more) {
    if (done) {
      return;
    }
    startedNanos = clock.getAsLong();
    activeNanos = startedNanos;
    deadlines.watch(context, this);
    connect(options, body, more);
  }

  private void connect(RequestOptions options, Buffer body, @Nullable Upload more) {
    clients
        .here()
        .request(options)
        .onComplete(
            connected -> {
              if (connected.succeeded() && done) {
                connected.result().reset();
              } else if (connected.succeeded()) {
                if (more == null) {
                  write(connected.result(), options, body);
                } else {
                  pump(connected.result(), options, body, more);
                }
              } else if (Reason.isClosed(connected.cause()) && mayRetry()) {
                connect(options, body, more);
              } else {
                fail(Kind.CONNECT, "no connection: " + Reason.of(connected.cause()));
              }
            });
  }

  private void write(HttpClientRequest opened, RequestOptions options, Buffer body) {
    request = opened;
    long writtenNanos = clock.getAsLong();
    Channel channel = channel(opened);
    boolean used = channel != null && channel.attr(USED).get() != null;
    opened
        .send(body)
        .onComplete(
            head -> {
              if (head.succeeded()) {
                if (channel != null) {
                  channel.attr(USED).set(Boolean.TRUE);
                }
                read(head.result(), options);
              } else if (used
                  && Reason.isClosed(head.cause())
                  && clock.getAsLong() - writtenNanos < UNSEEN_NANOS
                  && mayRetry()) {
                connect(options, body, null);
              } else {
                fail(Kind.BROKEN, "the connection broke: " + Reason.of(head.cause()));
              }
            });
  }

  /** Sends what is at hand and then what comes, no faster than the provider takes it. */
  private void pump(HttpClientRequest opened, RequestOptions options, Buffer first, Upload more) {
    request = opened;
    uploading = true;
    activeNanos = clock.getAsLong();
    more.begins().run();
    if (!opened.headers().contains(HttpHeaders.CONTENT_LENGTH)) {
      opened.setChunked(true);
    }
    opened
        .response()
        .onComplete(
            head -> {
              if (head.succeeded()) {
                Channel channel = channel(opened);
                if (channel != null) {
                  channel.attr(USED).set(Boolean.TRUE);
                }
                read(head.result(), options);
              } else {
                fail(Kind.BROKEN, "the connection broke: " + Reason.of(head.cause()));
              }
            });
    // the response's future tells of every failure
    opened.exceptionHandler(ignored -> {});
    opened.drainHandler(
        ignored -> {
          if (blocked) {
            blocked = false;
            if (!done) {
              more.rest().resume();
            }
          }
        });
    opened.write(first);
    more.rest().into(new Pump(opened, more));
    holdWhenFull(opened, more);
  }

  private void holdWhenFull(HttpClientRequest opened, Upload more) {
    if (!done && uploading && !blocked && opened.writeQueueFull()) {
      blocked = true;
      activeNanos = clock.getAsLong();
      more.rest().pause();
    }
  }

  /** Takes the rest of the body. */
  private final class Pump implements IncomingBody.Sink {
    private final HttpClientRequest opened;
    private final Upload upload;

    Pump(HttpClientRequest opened, Upload upload) {
      this.opened = opened;
      this.upload = upload;
    }

    @Override
    public void bytes(Buffer piece) {
      if (!done) {
        opened.write(piece);
        holdWhenFull(opened, upload);
      }
    }

    @Override
    public void end() {
      if (!done) {
        uploading = false;
        startedNanos = clock.getAsLong();
        activeNanos = startedNanos;
        opened.end();
      }
    }

    @Override
    public void failed(RuntimeException why) {
      if (finish()) {
        opened.reset();
        upload.failed().accept(why);
      }
    }
  }

  /**
   * A kept connection may be closed by its other end at the very moment when it is used again: the
   * provider has not seen the request then, and a new connection gets it.
   */
  private boolean mayRetry() {
    return !done && !answered && retries++ < MAX_RETRIES;
  }

  private static @Nullable Channel channel(HttpClientRequest opened) {
    return opened.connection() instanceof ConnectionBase base ? base.channel() : null;
  }

  private void read(HttpClientResponse opened, RequestOptions options) {
    if (done) {
      return;
    }
    response = opened;
    answered = true;
    // nobody sends them again, and the transport would keep both copies as long as a stream lasts
    options.getHeaders().clear();
    if (!uploading) {
      opened.request().headers().clear();
    }
    activeNanos = clock.getAsLong();
    opened.exceptionHandler(e -> fail(Kind.BROKEN, "the answer broke off: " + Reason.of(e)));
    opened.handler(
        bytes -> {
          if (!done) {
            activeNanos = clock.getAsLong();
            receiver.bytes(bytes);
          }
        });
    opened.endHandler(
        ignored -> {
          if (finish()) {
            if (uploading) {
              // answered before it had heard all: the connection is of no more use
              resetRequest();
            }
            receiver.end();
          }
        });
    receiver.head(opened.statusCode(), opened.headers());
    if (paused && !done) {
      opened.pause();
    }
  }

  void pause() {
    paused = true;
    if (response != null && !done) {
      response.pause();
    }
  }

  void resume() {
    paused = false;
    activeNanos = clock.getAsLong();
    if (response != null && !done) {
      response.resume();
    }
  }

  /**
   * Nothing more is awaited: lets the transport come to its own end, so that the connection can be
   * used again, but not for long.
   */
  void letEnd() {
    if (!done) {
      resume();
      lingerUntilNanos = clock.getAsLong() + LINGER_NANOS;
    }
  }

  /** Ends the call and frees its connection; the receiver hears nothing more. */
  void cancel() {
    if (finish()) {
      resetRequest();
    }
  }

  private void resetRequest() {
    if (request != null) {
      request.reset();
    }
  }

  private void fail(Kind kind, String message) {
    if (finish()) {
      resetRequest();
      receiver.failed(kind, message);
    }
  }

  /** True for the first who ends the call. */
  private boolean finish() {
    if (done) {
      return false;
    }
    done = true;
    done();
    return true;
  }

  @Override
  void expired() {
    context.runOnContext(ignored -> checkDeadline());
  }

  private void checkDeadline() {
    if (done) {
      return;
    }
    long now = clock.getAsLong();
    if (lingerUntilNanos != 0) {
      cancel();
    } else if (uploading && blocked) {
      fail(Kind.TIMEOUT, "takes nothing for " + seconds(timeouts.idle().toMillis()));
    } else if (uploading && now - activeNanos < UPLOAD_NANOS) {
      deadlines.watch(context, this);
    } else if (now - startedNanos >= timeouts.call().toNanos()) {
      fail(
          answered && streamed ? Kind.CUT_OFF : Kind.TIMEOUT,
          "no complete answer within " + seconds(timeouts.call().toMillis()));
    } else if (!answered) {
      fail(Kind.TIMEOUT, "no answer within " + seconds(timeouts.firstByte().toMillis()));
    } else {
      fail(Kind.TIMEOUT, "silent for " + seconds(timeouts.idle().toMillis()));
    }
  }

  @Override
  long deadlineNanos() {
    if (lingerUntilNanos != 0) {
      return lingerUntilNanos;
    }
    if (uploading) {
      return activeNanos + (blocked ? timeouts.idle().toNanos() : UPLOAD_NANOS);
    }
    long whole = startedNanos + timeouts.call().toNanos();
    if (!answered) {
      return streamed ? Math.min(whole, startedNanos + timeouts.firstByte().toNanos()) : whole;
    }
    if (paused) {
      return whole;
    }
    return Math.min(whole, activeNanos + timeouts.idle().toNanos());
  }

  private static String seconds(long millis) {
    return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
  }
}
