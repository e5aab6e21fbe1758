package io.aigateway.fake;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * What would the gateway do if its provider did that? A provider on a loopback port that speaks
 * OpenAI's {@code /v1/chat/completions}, Anthropic's {@code /v1/messages} and Ollama's {@code
 * /api/chat}, whole or streamed as each request asks, and treats calls as it is told.
 *
 * <pre>{@code
 * try (FakeProvider fake = new FakeProvider()) {
 *   fake.next(Behaviour.status(429).header("retry-after", "7"));
 *   fake.always(Behaviour.answer("hello"));
 *   ...
 *   assertThat(fake.awaitCalls(2, ofSeconds(5)).get(1).header("authorization")).isEqualTo(...);
 * }
 * }</pre>
 *
 * <p>Safe for all threads. A script takes effect with the next request that arrives.
 */
public final class FakeProvider implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final long START_SECONDS = 20;

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<Behaviour> queued = new ArrayDeque<>();
  private final List<RecordedCall> calls = new ArrayList<>();
  private final Vertx vertx;
  private final int port;
  private Function<RecordedCall, Behaviour> usual =
      call -> Behaviour.answer("Hello from the fake provider.");
  private @Nullable HttpServer server;
  private @Nullable Socket reserved;
  private long received;
  private boolean deaf;
  private final List<HttpServerRequest> unheard = new ArrayList<>();
  private int open;
  private int mostOpen;

  /** Listens on a free port; answers every call until told otherwise. */
  public FakeProvider() {
    vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1));
    HttpServer first = listen(0);
    server = first;
    port = first.actualPort();
  }

  // ---- where

  public int port() {
    return port;
  }

  /** {@code http://127.0.0.1:port}: the base URL of Anthropic and Ollama. */
  public String url() {
    return "http://" + HOST + ":" + port;
  }

  /** {@code http://127.0.0.1:port/v1}: the base URL of OpenAI's dialect. */
  public String openAiUrl() {
    return url() + "/v1";
  }

  // ---- what it does

  /** Treats the next calls so, one behaviour a call; several are queued in order. */
  public FakeProvider next(Behaviour... behaviours) {
    locked(() -> queued.addAll(List.of(behaviours)));
    return this;
  }

  /** Treats every call so for which nothing is queued. */
  public FakeProvider always(Behaviour behaviour) {
    return always(call -> behaviour);
  }

  /** Decides by the call itself, for instance by its model. Called on the fake's event loop. */
  public FakeProvider always(Function<RecordedCall, Behaviour> chooser) {
    locked(() -> usual = chooser);
    return this;
  }

  /** Reads no bodies of calls that come from now on, until {@link #hear}. */
  public FakeProvider deafen() {
    locked(() -> deaf = true);
    return this;
  }

  /** Reads all bodies again. */
  public FakeProvider hear() {
    locked(
        () -> {
          deaf = false;
          unheard.forEach(HttpServerRequest::resume);
          unheard.clear();
        });
    return this;
  }

  /** Closes the port and all connections: new ones are refused, the port stays ours. */
  public FakeProvider refuse() {
    HttpServer listening = server;
    if (listening != null) {
      get(listening.close());
      server = null;
      reserved = reserve();
    }
    return this;
  }

  /** Opens the same port again. */
  public FakeProvider accept() {
    if (server == null) {
      server = listen(port);
      release();
    }
    return this;
  }

  /** Forgets what was recorded and what is queued; open calls go on. */
  public FakeProvider clear() {
    locked(
        () -> {
          calls.clear();
          queued.clear();
          received = 0;
          mostOpen = open;
        });
    return this;
  }

  // ---- what it saw

  /** Every call whose body has arrived or whose caller left, oldest first. */
  public List<RecordedCall> calls() {
    lock.lock();
    try {
      return List.copyOf(calls);
    } finally {
      lock.unlock();
    }
  }

  /**
   * The newest call.
   *
   * @throws AssertionError when there was none
   */
  public RecordedCall lastCall() {
    List<RecordedCall> all = calls();
    if (all.isEmpty()) {
      throw new AssertionError("the provider was not called");
    }
    return all.get(all.size() - 1);
  }

  /** Calls that neither the fake nor their caller has ended. */
  public int openCalls() {
    lock.lock();
    try {
      return open;
    } finally {
      lock.unlock();
    }
  }

  /** The most calls that were ever open at one time. */
  public int mostOpenCalls() {
    lock.lock();
    try {
      return mostOpen;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until exactly this many calls are open.
   *
   * @throws AssertionError when that didn't happen in this time
   */
  public void awaitOpenCalls(int count, Duration atMost) {
    Waiting.until(
        lock,
        changed,
        atMost,
        () -> open == count,
        () -> open + " calls are open, not " + count + ",");
  }

  /**
   * Waits until at least this many bytes of bodies have come, complete or not.
   *
   * @throws AssertionError when that didn't happen in this time
   */
  public void awaitReceived(long bytes, Duration atMost) {
    Waiting.until(
        lock,
        changed,
        atMost,
        () -> received >= bytes,
        () -> received + " bytes came, not " + bytes + ",");
  }

  /**
   * Waits until at least this many calls are recorded.
   *
   * @return all of them
   * @throws AssertionError when that didn't happen in this time
   */
  public List<RecordedCall> awaitCalls(int count, Duration atMost) {
    Waiting.until(
        lock,
        changed,
        atMost,
        () -> calls.size() >= count,
        () -> calls.size() + " calls were recorded, not " + count + ",");
    return calls();
  }

  @Override
  public void close() {
    get(vertx.close());
    release();
  }

  // ---- how

  private HttpServer listen(int at) {
    HttpServerOptions options =
        new HttpServerOptions()
            .setHost(HOST)
            .setPort(at)
            .setHttp2ClearTextEnabled(false)
            .setMaxHeaderSize(1 << 20)
            .setHandle100ContinueAutomatically(true);
    return get(vertx.createHttpServer(options).requestHandler(this::receive).listen());
  }

  /** A bound socket that doesn't listen: connections are refused, nobody else gets the port. */
  private Socket reserve() {
    // the listening socket may be open for a moment longer than its server
    return Awaitility.await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(START_SECONDS))
        .until(this::bound, Objects::nonNull);
  }

  private @Nullable Socket bound() throws IOException {
    Socket socket = new Socket();
    try {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(HOST), port));
      return socket;
    } catch (BindException e) {
      socket.close();
      return null;
    }
  }

  private void release() {
    Socket held = reserved;
    reserved = null;
    if (held != null) {
      try {
        held.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private void receive(HttpServerRequest request) {
    Map<String, List<String>> headers = new LinkedHashMap<>();
    request
        .headers()
        .forEach(
            (name, value) ->
                headers
                    .computeIfAbsent(name.toLowerCase(Locale.ROOT), key -> new ArrayList<>())
                    .add(value));
    headers.replaceAll((name, values) -> List.copyOf(values));
    RecordedCall call =
        new RecordedCall(
            lock,
            changed,
            request.method().name(),
            request.path(),
            request.query(),
            Map.copyOf(headers),
            System.nanoTime());
    locked(
        () -> {
          open++;
          mostOpen = Math.max(mostOpen, open);
        });
    Buffer read = Buffer.buffer();
    boolean[] complete = new boolean[1];
    request.response().closeHandler(gone -> ended(call, RecordedCall.State.LEFT, complete, read));
    request.response().exceptionHandler(ignored -> {});
    request.exceptionHandler(ignored -> ended(call, RecordedCall.State.LEFT, complete, read));
    request.handler(
        piece -> {
          read.appendBuffer(piece);
          locked(() -> received += piece.length());
        });
    locked(
        () -> {
          if (deaf) {
            request.pause();
            unheard.add(request);
          }
        });
    request.endHandler(
        end -> {
          complete[0] = true;
          play(call, request.response(), scriptFor(call, read.getBytes()), 0);
        });
  }

  private List<Step> scriptFor(RecordedCall call, byte[] body) {
    Behaviour behaviour;
    Function<RecordedCall, Behaviour> chooser;
    lock.lock();
    try {
      call.body(body);
      calls.add(call);
      behaviour = queued.poll();
      chooser = usual;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    if (behaviour == null) {
      behaviour = chooser.apply(call);
    }
    return behaviour.script(call.path(), parsed(body));
  }

  private static @Nullable JsonNode parsed(byte[] body) {
    try {
      return Json.read(body);
    } catch (JsonProcessingException e) {
      return null;
    }
  }

  /** Does one step and, when the socket has taken it, the next. On the call's event loop. */
  private void play(RecordedCall call, HttpServerResponse response, List<Step> steps, int at) {
    if (call.state() != RecordedCall.State.OPEN) {
      return;
    }
    Step step = steps.get(at);
    if (step instanceof Step.Head head) {
      response.setStatusCode(head.status());
      if (head.length() < 0) {
        response.setChunked(true);
      } else {
        response.putHeader("content-length", Long.toString(head.length()));
      }
      head.headers().forEach(response::putHeader);
      // an empty write sends the headers at once, which is what a silent provider does
      response.write(Buffer.buffer()).onSuccess(sent -> play(call, response, steps, at + 1));
    } else if (step instanceof Step.Write write) {
      response
          .write(Buffer.buffer(write.bytes()))
          .onSuccess(
              sent -> {
                locked(() -> call.sent(write.bytes().length));
                play(call, response, steps, at + 1);
              });
    } else if (step instanceof Step.Pause pause) {
      long millis = Math.max(1, pause.time().toMillis());
      vertx.setTimer(millis, timer -> play(call, response, steps, at + 1));
    } else if (step instanceof Step.Cut) {
      ended(call, RecordedCall.State.CUT);
      response.reset();
    } else if (step instanceof Step.End) {
      ended(call, RecordedCall.State.ANSWERED);
      response.end();
    }
  }

  private void ended(RecordedCall call, RecordedCall.State as, boolean[] complete, Buffer read) {
    lock.lock();
    try {
      if (!complete[0] && call.state() == RecordedCall.State.OPEN) {
        call.body(read.getBytes());
        calls.add(call);
      }
      ended(call, as);
    } finally {
      lock.unlock();
    }
  }

  private void ended(RecordedCall call, RecordedCall.State as) {
    locked(
        () -> {
          if (call.end(as)) {
            open--;
          }
        });
  }

  private void locked(Runnable change) {
    lock.lock();
    try {
      change.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(START_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    } catch (ExecutionException | TimeoutException e) {
      throw new IllegalStateException("the fake provider could not start or stop", e);
    }
  }
}
