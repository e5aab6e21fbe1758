package io.aigateway.dialect.responses;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.SealedIds;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.openai.Errors;
import io.aigateway.error.ApiError;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.SseFrame;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * How do responses get from a provider that has them to a caller without being understood? What the
 * provider keeps, such as earlier responses, can be used on this line alone.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
public final class ResponsesPassThrough implements PassThrough {
  /** Events that come before anything of the answer is seen. */
  private static final Set<String> PRELUDE =
      Set.of(
          "response.created",
          "response.queued",
          "response.in_progress",
          "response.output_item.added",
          "response.content_part.added",
          "response.reasoning_summary_part.added");

  @Override
  public String dialect() {
    return ResponsesCaller.NAME;
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    Edits edits = new Edits(body).rename(head, model);
    SealedIds.cut(body, edits);
    return new UpstreamRequest("/responses", edits.apply(), List.of());
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    Outline outline = Outline.of(body, "the reply");
    if (outline.error) {
      throw new MalformedReplyException("an error in a 200");
    }
    if (!outline.output) {
      throw new MalformedReplyException("the reply has no list of output items");
    }
    return new ReplyFacts(outline.finish(), outline.usage);
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    return GatewayField.intoReply(body, envelope);
  }

  @Override
  public FrameReader reader() {
    return ResponsesPassThrough::inspect;
  }

  private static FrameFacts inspect(Frame frame) {
    if (frame.isBlank() || frame.startsWith('[')) {
      return FrameFacts.NOTHING;
    }
    Outline outline = Outline.of(frame.data(), "an event of the stream");
    return switch (outline.type) {
      case "response.completed", "response.incomplete" ->
          new FrameFacts(true, 1, outline.finish(), outline.usage, false, null, true);
      case "response.failed", "error" ->
          new FrameFacts(false, 0, null, outline.usage, false, failure(frame), false);
      default -> PRELUDE.contains(outline.type) ? FrameFacts.NOTHING : FrameFacts.CONTENT;
    };
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return new Writer(envelope);
  }

  /** Lets events through as they are, and knows the last one's number. */
  private static final class Writer implements FrameWriter {
    private final Envelope envelope;
    private @Nullable Frame last;

    Writer(Envelope envelope) {
      this.envelope = envelope;
    }

    @Override
    public byte @Nullable [] write(Frame frame, FrameFacts facts) {
      if (frame.startsWith('{')) {
        last = frame;
      }
      return SseFrame.closed(facts.end() ? signed(frame, envelope) : frame.raw());
    }

    @Override
    public byte @Nullable [] failed(ApiError error) {
      return last == null ? null : ResponseEvents.error(error, number(last) + 1);
    }

    private static int number(Frame frame) {
      try {
        return Json.read(frame.data()).path("sequence_number").asInt(-1);
      } catch (JsonProcessingException e) {
        return -1;
      }
    }
  }

  private static ChatEvent.Failure failure(Frame frame) {
    try {
      JsonNode event = Json.read(frame.data());
      JsonNode root = event.path("response").isObject() ? event.get("response") : event;
      ChatEvent.Failure failure = Errors.failure(root);
      String code = root.path("error").path("code").asText(root.path("code").asText());
      int status = failure.status() == 0 ? status(code) : failure.status();
      return new ChatEvent.Failure(failure.type(), code, failure.message(), status);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("an event of the stream is not JSON");
    }
  }

  /** The status that OpenAI gives these codes elsewhere; 0 for those that tell nothing. */
  private static int status(String code) {
    return switch (code) {
      case "rate_limit_exceeded" -> 429;
      case "invalid_prompt", "context_length_exceeded" -> 400;
      default -> 0;
    };
  }

  /** The gateway's own field goes into the response itself, as in a whole one. */
  private static byte[] signed(Frame frame, Envelope envelope) {
    byte[] raw = frame.raw();
    int brace = Outline.of(frame.data(), "an event of the stream").responseEnd;
    int data = indexOf(raw, frame.data());
    return brace < 0 || data < 0 ? raw : GatewayField.insert(raw, data + brace, envelope);
  }

  /** Negative when the data came on several lines. */
  private static int indexOf(byte[] raw, byte[] data) {
    for (int at = 0; at + data.length <= raw.length; at++) {
      if (Arrays.equals(raw, at, at + data.length, data, 0, data.length)) {
        return at;
      }
    }
    return -1;
  }

  /** One pass over a response, or over an event that may hold one. */
  private static final class Outline {
    private String type = "";
    private String status = "";
    private String reason = "";
    private boolean output;
    private boolean error;
    private @Nullable Usage usage;
    private int responseEnd = -1;

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

    @Nullable FinishReason finish() {
      return switch (status) {
        case "completed" -> FinishReason.STOP;
        case "incomplete" ->
            reason.equals("content_filter") ? FinishReason.CONTENT_FILTER : FinishReason.LENGTH;
        default -> null;
      };
    }

    private void read(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        boolean text = token == JsonToken.VALUE_STRING;
        switch (name) {
          case "type" -> type = text ? parser.getText() : type;
          case "status" -> status = text ? parser.getText() : status;
          case "reason" -> reason = text ? parser.getText() : reason;
          case "output" -> output = token == JsonToken.START_ARRAY;
          case "error" -> error |= token != JsonToken.VALUE_NULL;
          default -> {}
        }
        if (token == JsonToken.START_OBJECT && name.equals("usage")) {
          usage = UsageReader.read(parser);
        } else if (token == JsonToken.START_OBJECT && name.equals("incomplete_details")) {
          read(parser);
        } else if (token == JsonToken.START_OBJECT && name.equals("response")) {
          read(parser);
          responseEnd = (int) parser.currentTokenLocation().getByteOffset();
        } else {
          parser.skipChildren();
        }
      }
    }
  }
}
