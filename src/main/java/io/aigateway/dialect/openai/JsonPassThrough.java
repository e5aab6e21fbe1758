package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseFrame;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How does a request that no other dialect knows get to a provider and back? JSON both ways, of
 * which only the model, the usage and an error are looked at; pictures may come as events.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference
 */
public final class JsonPassThrough implements PassThrough {
  private final Operation operation;
  private final String path;

  private JsonPassThrough(Operation operation, String path) {
    this.operation = operation;
    this.path = path;
  }

  /** One line for each operation that is only passed through. */
  public static List<PassThrough> all() {
    return List.of(
        new JsonPassThrough(Operation.IMAGES, "/images/generations"),
        new JsonPassThrough(Operation.MODERATIONS, "/moderations"),
        new JsonPassThrough(Operation.RERANK, "/rerank"));
  }

  @Override
  public String dialect() {
    return operation.label();
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    return new UpstreamRequest(path, new Edits(body).rename(head, model).apply(), List.of());
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    return facts(body);
  }

  /** What is known of any JSON answer. */
  static ReplyFacts facts(byte[] body) {
    Outline outline = Outline.of(body, "the reply");
    if (outline.error) {
      throw new MalformedReplyException("an error in a 200");
    }
    return new ReplyFacts(null, outline.usage);
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    return body;
  }

  @Override
  public FrameReader reader() {
    return frame -> inspect(frame, ".completed");
  }

  /**
   * What is known of an event.
   *
   * @param last how the type of the last event ends
   */
  static FrameFacts inspect(Frame frame, String last) {
    if (frame.isBlank()) {
      return FrameFacts.NOTHING;
    }
    if (Frames.isDone(frame)) {
      return FrameFacts.END;
    }
    Outline outline = Outline.of(frame.data(), "an event of the stream");
    if (outline.error || outline.type.equals("error")) {
      var event = ReplyReader.object(frame.data(), "an event of the stream");
      return new FrameFacts(false, 0, null, outline.usage, false, Errors.failure(event), false);
    }
    boolean end = outline.type.endsWith(last);
    return new FrameFacts(
        true, end ? 1 : 0, end ? FinishReason.STOP : null, outline.usage, false, null, end);
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return (frame, facts) -> SseFrame.closed(frame.raw());
  }

  /** One pass over an answer or an event. */
  private static final class Outline {
    private String type = "";
    private @Nullable Usage usage;
    private boolean error;

    static Outline of(byte[] json, String what) {
      Outline outline = new Outline();
      try (JsonParser parser = Json.FACTORY.createParser(json)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          throw new MalformedReplyException(what + " is not a JSON object");
        }
        outline.read(parser);
        if (parser.nextToken() != null) {
          throw new MalformedReplyException(what + " has something after its JSON object");
        }
        return outline;
      } catch (JsonProcessingException e) {
        throw new MalformedReplyException(what + " is not JSON");
      } catch (IOException e) {
        throw new MalformedReplyException(what + " could not be read");
      }
    }

    private void read(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        boolean text = token == JsonToken.VALUE_STRING;
        switch (name) {
          case "type" -> type = text ? parser.getText() : type;
          case "error" -> error |= token != JsonToken.VALUE_NULL;
          default -> {}
        }
        if (name.equals("usage")) {
          usage = UsageCodec.read(parser);
        } else {
          parser.skipChildren();
        }
      }
    }
  }
}
