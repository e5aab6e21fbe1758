package io.aigateway.provider;

import io.aigateway.error.TargetException.Kind;
import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.impl.ConnectionBase;
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

  private static final int MAX_RETRIES = 1;

  /** A connection that closes later than this after a request was written may have been read. */
  private static final long UNSEEN_NANOS = 100_000_000;

  private static final long LINGER_NANOS = 1_000_000_000;

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
  void send(RequestOptions options, Buffer body) {
    if (Vertx.currentContext() == context) {
      sendHere(options, body);
    } else {
      context.runOnContext(ignored -> sendHere(options, body));
    }
  }

  private void sendHere(RequestOptions options, Buffer body) {
    if (done) {
      return;
    }
    startedNanos = clock.getAsLong();
    activeNanos = startedNanos;
    deadlines.watch(context, this);
    connect(options, body);
  }

  private void connect(RequestOptions options, Buffer body) {
    clients
        .here()
        .request(options)
        .onComplete(
            connected -> {
              if (connected.succeeded() && done) {
                connected.result().reset();
              } else if (connected.succeeded()) {
                write(connected.result(), options, body);
              } else if (Reason.isClosed(connected.cause()) && mayRetry()) {
                connect(options, body);
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
                read(head.result());
              } else if (used
                  && Reason.isClosed(head.cause())
                  && clock.getAsLong() - writtenNanos < UNSEEN_NANOS
                  && mayRetry()) {
                connect(options, body);
              } else {
                fail(Kind.BROKEN, "the connection broke: " + Reason.of(head.cause()));
              }
            });
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

  private void read(HttpClientResponse opened) {
    if (done) {
      return;
    }
    response = opened;
    answered = true;
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
    if (finish() && request != null) {
      request.reset();
    }
  }

  private void fail(Kind kind, String message) {
    if (finish()) {
      if (request != null) {
        request.reset();
      }
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
