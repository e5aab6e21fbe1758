package io.aigateway.dialect.openai;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.SseFrame;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How does a recording get to a provider, and what was said in it back? A form out, of which only
 * the beginning is known here; JSON, text, subtitles or events in.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/audio/createTranscription
 */
public final class TranscriptionPassThrough implements PassThrough {
  private static final String END = "transcript.text.done";

  @Override
  public String dialect() {
    return Operation.TRANSCRIPTIONS.label();
  }

  /** The form's beginning; its rest follows as it comes. */
  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    Edits edits = new Edits(body);
    if (!head.model().equals(model)) {
      for (RequestHead.Span span : head.modelSpans()) {
        edits.replace(span.start(), span.end(), model.getBytes(UTF_8));
      }
    }
    return new UpstreamRequest("/audio/transcriptions", edits.apply(), List.of());
  }

  @Override
  public String contentType(@Nullable String given) {
    if (given == null || given.isBlank()) {
      return "text/plain; charset=utf-8";
    }
    String type = given.trim();
    if (type.toLowerCase(Locale.ROOT).startsWith("text/html")) {
      throw new MalformedReplyException("a page instead of a transcript");
    }
    return type;
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    return body.length > 0 && body[0] == '{'
        ? JsonPassThrough.facts(body)
        : new ReplyFacts(null, null);
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    return body;
  }

  @Override
  public FrameReader reader() {
    return frame -> JsonPassThrough.inspect(frame, END);
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return (frame, facts) -> SseFrame.closed(frame.raw());
  }
}
