package io.aigateway.dialect.openai;

import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.Framing;
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
 * How does a text to be spoken get to a provider, and the sound back? JSON out; in come sound, or
 * events that hold it, and both are handed on while they come.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
public final class SpeechPassThrough implements PassThrough {
  private static final String EVENTS = "text/event-stream";
  private static final String END = "speech.audio.done";

  /** Only the transport knows where sound ends. */
  private static final FrameFacts SOUND =
      new FrameFacts(true, 1, FinishReason.STOP, null, false, null, false);

  @Override
  public String dialect() {
    return Operation.SPEECH.label();
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    return new UpstreamRequest(
        "/audio/speech", new Edits(body).rename(head, model).apply(), List.of());
  }

  @Override
  public String contentType(@Nullable String given) {
    String type = given == null ? "" : given.trim().toLowerCase(Locale.ROOT);
    if (type.startsWith("audio/")
        || type.startsWith("application/octet-stream")
        || type.startsWith(EVENTS)) {
      return type;
    }
    throw new MalformedReplyException("something else than sound");
  }

  @Override
  public Framing streams(@Nullable String given) {
    return contentType(given).startsWith(EVENTS) ? Framing.SERVER_SENT_EVENTS : Framing.AS_IT_COMES;
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    throw new IllegalStateException("sound never comes whole");
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    throw new IllegalStateException("sound never comes whole");
  }

  @Override
  public FrameReader reader() {
    return reader(Framing.SERVER_SENT_EVENTS);
  }

  @Override
  public FrameReader reader(Framing framing) {
    return framing == Framing.AS_IT_COMES
        ? frame -> SOUND
        : frame -> JsonPassThrough.inspect(frame, END);
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return (frame, facts) -> facts == SOUND ? frame.raw() : SseFrame.closed(frame.raw());
  }
}
