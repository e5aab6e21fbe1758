package io.aigateway.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import org.jspecify.annotations.Nullable;

/** What did the gateway send to the provider, and how did the call end? Safe for all threads. */
public final class RecordedCall {
  /** How a call stands. */
  public enum State {
    /** The fake has not ended it, nor has the caller. */
    OPEN,
    /** The fake sent its answer to the end. */
    ANSWERED,
    /** The fake closed the socket, as its script said. */
    CUT,
    /** The caller closed the connection before the answer had ended. */
    LEFT
  }

  private final Lock lock;
  private final Condition changed;
  private final String method;
  private final String path;
  private final @Nullable String query;
  private final Map<String, List<String>> headers;
  private final long receivedNanos;
  private byte[] body = new byte[0];
  private State state = State.OPEN;
  private long endedNanos;
  private long bytesSent;

  RecordedCall(
      Lock lock,
      Condition changed,
      String method,
      String path,
      @Nullable String query,
      Map<String, List<String>> headers,
      long receivedNanos) {
    this.lock = lock;
    this.changed = changed;
    this.method = method;
    this.path = path;
    this.query = query;
    this.headers = headers;
    this.receivedNanos = receivedNanos;
  }

  public String method() {
    return method;
  }

  /** The path, without the query. */
  public String path() {
    return path;
  }

  /** What stands behind the question mark, or null. */
  public @Nullable String query() {
    return query;
  }

  /** All headers, names in small letters, values in the order of the wire. */
  public Map<String, List<String>> headers() {
    return headers;
  }

  /** The first value of a header, or null. */
  public @Nullable String header(String name) {
    List<String> values = headers.get(name.toLowerCase(Locale.ROOT));
    return values == null ? null : values.get(0);
  }

  /** The exact bytes of the body, after transfer decoding only. */
  public byte[] body() {
    lock.lock();
    try {
      return body.clone();
    } finally {
      lock.unlock();
    }
  }

  /** The body as UTF-8. */
  public String text() {
    return new String(body(), UTF_8);
  }

  /**
   * The body as JSON.
   *
   * @throws AssertionError when it is none
   */
  public JsonNode json() {
    try {
      return Json.read(body());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text(), e);
    }
  }

  public State state() {
    lock.lock();
    try {
      return state;
    } finally {
      lock.unlock();
    }
  }

  /** Whether the caller closed the connection before the answer had ended. */
  public boolean callerLeft() {
    return state() == State.LEFT;
  }

  /** {@link System#nanoTime} when the request's headers were read. */
  public long receivedNanos() {
    return receivedNanos;
  }

  /** {@link System#nanoTime} when the call ended, however it did; 0 while it is open. */
  public long endedNanos() {
    lock.lock();
    try {
      return endedNanos;
    } finally {
      lock.unlock();
    }
  }

  /** Bytes of the answer's body that the socket has taken. */
  public long bytesSent() {
    lock.lock();
    try {
      return bytesSent;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Waits until the call has ended.
   *
   * @return how it ended
   * @throws AssertionError when it is still open after this time
   */
  public State awaitEnd(Duration atMost) {
    Waiting.until(
        lock, changed, atMost, () -> state != State.OPEN, () -> method + " " + path + " is open");
    return state();
  }

  /** For the fake, under its lock. */
  void body(byte[] bytes) {
    body = bytes;
  }

  /** For the fake, under its lock. */
  void sent(int bytes) {
    bytesSent += bytes;
  }

  /** For the fake, under its lock. False when the call had ended before. */
  boolean end(State as) {
    if (state != State.OPEN) {
      return false;
    }
    state = as;
    endedNanos = System.nanoTime();
    return true;
  }
}
