package io.aigateway.http;

import io.aigateway.wire.Buffers;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is answered to a caller. Built by one thread, then handed to the server. */
public final class HttpAnswer {
  private final int status;
  private final @Nullable String contentType;
  private final @Nullable Buffer bytes;
  private final @Nullable ByteStream stream;
  private final List<String> headers = new ArrayList<>(12);

  private HttpAnswer(
      int status,
      @Nullable String contentType,
      @Nullable Buffer bytes,
      @Nullable ByteStream stream) {
    this.status = status;
    this.contentType = contentType;
    this.bytes = bytes;
    this.stream = stream;
  }

  /** A whole answer; the array is used, not copied. */
  public static HttpAnswer whole(int status, String contentType, byte[] body) {
    return new HttpAnswer(status, contentType, Buffers.wrap(body), null);
  }

  /** A whole JSON answer; the array is used, not copied. */
  public static HttpAnswer json(int status, byte[] body) {
    return whole(status, "application/json", body);
  }

  /** An answer that has no body by its status: 204 or 304. */
  public static HttpAnswer empty(int status) {
    return new HttpAnswer(status, null, Buffers.wrap(new byte[0]), null);
  }

  /** A stream of bytes of any kind, status 200. */
  public static HttpAnswer stream(String contentType, ByteStream stream) {
    return new HttpAnswer(200, contentType, null, stream);
  }

  /** A stream of server-sent events, status 200. */
  public static HttpAnswer events(ByteStream stream) {
    return new HttpAnswer(200, "text/event-stream; charset=utf-8", null, stream);
  }

  /** Adds a header. */
  public HttpAnswer header(String name, String value) {
    headers.add(name);
    headers.add(value);
    return this;
  }

  /** Adds a header unless the value is null. */
  public HttpAnswer headerIf(String name, @Nullable String value) {
    return value == null ? this : header(name, value);
  }

  public int status() {
    return status;
  }

  /** The type of the body, or null when there is none. */
  public @Nullable String contentType() {
    return contentType;
  }

  /** Names and values in turn. */
  public List<String> headers() {
    return headers;
  }

  /** The whole body, or null for a stream. */
  public @Nullable Buffer bytes() {
    return bytes;
  }

  /** The stream, or null for a whole body. */
  public @Nullable ByteStream stream() {
    return stream;
  }
}
