package io.aigateway.endpoint;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.http.IncomingBody;
import io.aigateway.wire.MultipartScan;
import io.aigateway.wire.MultipartScan.Part;
import io.vertx.core.buffer.Buffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Which model shall hear a file that is still coming? Reads a form until its model and the
 * beginning of its file are known, then holds the rest back. What was read is kept: little when the
 * model comes first, all of the file when it comes last.
 */
final class ReadUpload implements IncomingBody.Sink {
  private static final String MODEL = "model";
  private static final String FILE = "file";
  private static final String STREAM = "stream";

  private final IncomingBody body;
  private final MultipartScan scan;
  private final CompletableFuture<Begun> read = new CompletableFuture<>();

  /**
   * The beginning of a form.
   *
   * @param bytes what has come of it
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Begun(byte[] bytes, RequestHead head) {}

  private ReadUpload(IncomingBody body, String boundary) {
    this.body = body;
    this.scan = new MultipartScan(boundary);
  }

  /**
   * The beginning of the form in {@code body}; fails with a {@link RequestException}, or when the
   * caller leaves.
   *
   * @throws RequestException 415 when it is no form
   */
  static CompletionStage<Begun> of(IncomingBody body, @Nullable String contentType) {
    String boundary = MultipartScan.boundary(contentType);
    if (boundary == null) {
      throw new RequestException(
          new ApiError(
              415,
              "invalid_request_error",
              "unsupported_media_type",
              "Content-Type is not accepted; accepted: multipart/form-data with a boundary"));
    }
    ReadUpload reader = new ReadUpload(body, boundary);
    body.into(reader);
    return reader.read;
  }

  @Override
  public void bytes(Buffer piece) {
    if (read.isDone()) {
      return;
    }
    try {
      scan.add(piece.getBytes());
      Begun begun = begun();
      if (begun != null) {
        body.pause();
        read.complete(begun);
      } else if (scan.isEnded()) {
        throw missing();
      }
    } catch (MultipartScan.MalformedException e) {
      read.completeExceptionally(wrong("the body is no form: " + e.getMessage(), null));
    } catch (RequestException e) {
      read.completeExceptionally(e);
    }
  }

  @Override
  public void end() {
    if (!read.isDone()) {
      read.completeExceptionally(
          scan.parts().isEmpty() ? missing() : wrong("the body ends within a part", null));
    }
  }

  @Override
  public void failed(RuntimeException why) {
    read.completeExceptionally(why);
  }

  private RequestException missing() {
    String field = first(MODEL) == null ? MODEL : FILE;
    return wrong("'" + field + "' is missing", field);
  }

  /** What was asked for, or null while the model is not known or no file has begun. */
  private @Nullable Begun begun() {
    Part model = first(MODEL);
    if (model == null || !model.isComplete() || first(FILE) == null) {
      return null;
    }
    if (scan.parts().stream().filter(part -> part.name().equals(MODEL)).count() > 1) {
      throw wrong("'model' is there more than once", MODEL);
    }
    String name = scan.text(model, UTF_8);
    if (name.isBlank() || name.chars().anyMatch(Character::isISOControl)) {
      throw wrong("'model' is not the name of a model", MODEL);
    }
    Part stream = first(STREAM);
    boolean events =
        stream != null
            && stream.isComplete()
            && scan.text(stream, UTF_8).trim().equalsIgnoreCase("true");
    RequestHead head =
        new RequestHead(
            name,
            events,
            false,
            1,
            List.of(new Span(model.start(), model.end())),
            Span.ABSENT,
            Span.ABSENT);
    return new Begun(scan.bytes(), head);
  }

  private @Nullable Part first(String name) {
    for (Part part : scan.parts()) {
      if (part.name().equals(name)) {
        return part;
      }
    }
    return null;
  }

  private static RequestException wrong(String message, @Nullable String param) {
    return new RequestException(
        new ApiError(400, "invalid_request_error", null, param, message, null, false));
  }
}
