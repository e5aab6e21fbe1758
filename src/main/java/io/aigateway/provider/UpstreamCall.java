package io.aigateway.provider;

import io.aigateway.error.TargetException.Kind;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP call: bytes out, bytes in, and an end within its time limits. Everything happens on the
 * context of the request that it serves.
 */
final class UpstreamCall {

  /**
   * Who reads the answer. Exactly one of {@link #end} and {@link #failed} comes, and comes last.
   */
  interface Receiver {
    void head(int status, MultiMap headers);

    void bytes(Buffer bytes);

    void end();

    void failed(Kind kind, String message);
  }

  private final HttpClient client;
  private final Context context;
  private final Timeouts timeouts;
  private final boolean streamed;
  private final LongSupplier clock;
  private final Receiver receiver;

  private @Nullable HttpClientRequest request;
  private @Nullable HttpClientResponse response;
  private boolean done;
  private boolean paused;
  private boolean answered;
  private long startedNanos;
  private long activeNanos;
  private long timer = -1;

  /**
   * @param streamed whether the first byte has a limit of its own
   * @param clock monotonic, nanoseconds
   */
  UpstreamCall(
      HttpClient client,
      Context context,
      Timeouts timeouts,
      boolean streamed,
      LongSupplier clock,
      Receiver receiver) {
    this.client = client;
    this.context = context;
    this.timeouts = timeouts;
    this.streamed = streamed;
    this.clock = clock;
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
    armTimer(nextDeadline() - startedNanos);
    client
        .request(options)
        .onComplete(
            connected -> {
              if (connected.failed()) {
                fail(Kind.CONNECT, "no connection: " + Reason.of(connected.cause()));
              } else if (done) {
                connected.result().reset();
              } else {
                write(connected.result(), body);
              }
            });
  }

  private void write(HttpClientRequest opened, Buffer body) {
    request = opened;
    opened.exceptionHandler(e -> fail(Kind.BROKEN, "the connection broke: " + Reason.of(e)));
    opened
        .send(body)
        .onComplete(
            head -> {
              if (head.succeeded()) {
                read(head.result());
              } else {
                fail(Kind.BROKEN, "the connection broke: " + Reason.of(head.cause()));
              }
            });
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
    if (timer >= 0) {
      context.owner().cancelTimer(timer);
      timer = -1;
    }
    return true;
  }

  /** One timer a call, armed anew only when it fires: what is active costs no timer at all. */
  private void armTimer(long nanos) {
    timer =
        context
            .owner()
            .setTimer(
                Math.max(1, TimeUnit.NANOSECONDS.toMillis(nanos) + 1), ignored -> checkDeadline());
  }

  private void checkDeadline() {
    timer = -1;
    if (done) {
      return;
    }
    long now = clock.getAsLong();
    long left = nextDeadline() - now;
    if (left > 0) {
      armTimer(left);
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

  private long nextDeadline() {
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
