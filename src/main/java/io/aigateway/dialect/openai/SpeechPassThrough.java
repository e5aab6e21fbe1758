package io.aigateway.dialect.openai;

import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.UpstreamRequest;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * How does a text to be spoken get to a provider, and the sound back? JSON out, sound in.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/audio/createSpeech
 */
public final class SpeechPassThrough implements PassThrough {

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
        || type.startsWith("text/event-stream")) {
      return type;
    }
    throw new MalformedReplyException("something else than sound");
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    if (body.length == 0) {
      throw new MalformedReplyException("an answer without sound");
    }
    return new ReplyFacts(null, null, null);
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    return body;
  }

  @Override
  public FrameReader reader() {
    throw new IllegalStateException("sound comes whole");
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    throw new IllegalStateException("sound comes whole");
  }
}
