package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Edits;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.dialect.SealedIds;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Ascii;
import io.aigateway.wire.Frame;
import io.aigateway.wire.SmallJson;
import io.aigateway.wire.SseFrame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How do OpenAI's bytes get from a caller to a provider and back without being understood? Unknown
 * fields, the order of keys and the digits of numbers survive.
 */
public final class OpenAiPassThrough implements PassThrough {
  private static final byte[] TRUE = ascii("true");
  private static final byte[] OPTIONS = ascii("{\"include_usage\":true}");
  private static final byte[] OPTIONS_FIELD = ascii(",\"stream_options\":{\"include_usage\":true}");
  private static final byte[] ONLY_USAGE = ascii("\"include_usage\":true");
  private static final byte[] FIRST_USAGE = ascii("\"include_usage\":true,");

  private static final SmallJson.Reader<Scan> READ_EVENT =
      parser -> new Scan().read(parser, "an event of the stream");

  private final String dialect;
  private final String path;

  /** The line of chat completions. */
  public OpenAiPassThrough() {
    this(OpenAiCaller.NAME, RequestWriter.PATH);
  }

  private OpenAiPassThrough(String dialect, String path) {
    this.dialect = dialect;
    this.path = path;
  }

  /** The line of legacy completions, whose answers have the same outline. */
  public static OpenAiPassThrough completions() {
    return new OpenAiPassThrough(CompletionsCaller.NAME, "/completions");
  }

  @Override
  public String dialect() {
    return dialect;
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    Edits edits = new Edits(body).rename(head, model);
    if (head.stream() && !head.streamUsage()) {
      askForUsage(body, head, edits);
    }
    SealedIds.cut(body, edits);
    return new UpstreamRequest(path, edits.apply(), List.of());
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    try {
      Scan scan = SmallJson.read(body, parser -> new Scan().read(parser, "the reply"));
      if (scan.error) {
        throw new MalformedReplyException("an error in a 200");
      }
      if (!scan.choices) {
        throw new MalformedReplyException("the reply has no list of choices");
      }
      return new ReplyFacts(scan.finish, scan.usage);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("the reply is not JSON");
    } catch (IOException e) {
      throw new MalformedReplyException("the reply could not be read");
    }
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    return GatewayField.intoReply(body, envelope);
  }

  @Override
  public FrameReader reader() {
    return OpenAiPassThrough::inspect;
  }

  private static FrameFacts inspect(Frame frame) {
    if (frame.isBlank()) {
      return FrameFacts.NOTHING;
    }
    if (Frames.isDone(frame)) {
      return FrameFacts.END;
    }
    Scan scan;
    try {
      scan = frame.read(READ_EVENT);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("an event of the stream is not JSON");
    } catch (IOException e) {
      throw new MalformedReplyException("an event of the stream could not be read");
    }
    ChatEvent.Failure failure =
        scan.error || "error".equals(frame.event())
            ? Errors.failure(ReplyReader.object(frame.data(), "an event of the stream"))
            : null;
    if (scan.finishes == 0 && scan.usage == null && failure == null) {
      return scan.content ? FrameFacts.CONTENT : FrameFacts.NOTHING;
    }
    return new FrameFacts(
        scan.content,
        scan.finishes,
        scan.finish,
        scan.usage,
        scan.usage != null && scan.answers == 0 && failure == null,
        failure,
        false);
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return new Writer(envelope);
  }

  private static void askForUsage(byte[] body, RequestHead head, Edits edits) {
    Span usage = head.includeUsage();
    if (usage.isPresent()) {
      edits.replace(usage.start(), usage.end(), TRUE);
      return;
    }
    Span options = head.streamOptions();
    if (!options.isPresent()) {
      int brace = body.length - 1;
      while (body[brace] != '}') {
        brace--;
      }
      edits.replace(brace, brace, OPTIONS_FIELD);
      return;
    }
    if (body[options.start()] != '{') {
      edits.replace(options.start(), options.end(), OPTIONS);
      return;
    }
    int inside = options.start() + 1;
    int next = inside;
    while (Ascii.isSpace(body[next])) {
      next++;
    }
    edits.replace(inside, inside, body[next] == '}' ? ONLY_USAGE : FIRST_USAGE);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** One pass over a whole answer or over one event; both have the same outline. */
  private static final class Scan {
    private boolean choices;
    private int answers;
    private boolean content;
    private int finishes;
    private @Nullable FinishReason finish;
    private @Nullable Usage usage;
    private boolean error;

    /** Whether a choice says that it broke off. */
    private boolean broke;

    Scan read(JsonParser parser, String what) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedReplyException(what + " is not a JSON object");
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        switch (name) {
          case "choices" -> choices(parser, token, what);
          case "usage" -> {
            Usage read = UsageCodec.read(parser);
            usage = read == null ? usage : read;
          }
          case "x_groq" -> groq(parser, token);
          case "error" -> {
            error |= token != JsonToken.VALUE_NULL;
            parser.skipChildren();
          }
          default -> parser.skipChildren();
        }
      }
      if (parser.nextToken() != null) {
        throw new MalformedReplyException(what + " has something after its JSON object");
      }
      if (broke && !error) {
        throw new MalformedReplyException("an answer that broke off");
      }
      return this;
    }

    // Groq's own place for usage, which its older streams know alone.
    private void groq(JsonParser parser, JsonToken token) throws IOException {
      if (token != JsonToken.START_OBJECT) {
        parser.skipChildren();
        return;
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        parser.nextToken();
        if (name.equals("usage") && usage == null) {
          usage = UsageCodec.read(parser);
        } else {
          parser.skipChildren();
        }
      }
    }

    private void choices(JsonParser parser, JsonToken token, String what) throws IOException {
      if (token == JsonToken.VALUE_NULL) {
        return;
      }
      if (token != JsonToken.START_ARRAY) {
        throw new MalformedReplyException("the choices of " + what + " are not a list");
      }
      choices = true;
      for (JsonToken item = parser.nextToken();
          item != JsonToken.END_ARRAY;
          item = parser.nextToken()) {
        if (item != JsonToken.START_OBJECT) {
          throw new MalformedReplyException("a choice of " + what + " is not an object");
        }
        answers++;
        choice(parser);
      }
    }

    private void choice(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        switch (name) {
          case "delta" -> {
            if (token == JsonToken.START_OBJECT) {
              delta(parser);
            } else {
              parser.skipChildren();
            }
          }
          case "finish_reason" -> {
            if (token == JsonToken.VALUE_STRING && !parser.getText().isEmpty()) {
              finishes++;
              broke |= Words.isFailure(parser.getText());
              finish = Words.finish(parser.getText());
              content = true;
            } else {
              parser.skipChildren();
            }
          }
          // a legacy completion has no delta
          case "text" -> {
            content |= token == JsonToken.VALUE_STRING && parser.getTextLength() > 0;
            parser.skipChildren();
          }
          case "error" -> {
            error |= token != JsonToken.VALUE_NULL;
            parser.skipChildren();
          }
          default -> parser.skipChildren();
        }
      }
    }

    private void delta(JsonParser parser) throws IOException {
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        switch (name) {
          case "content", "reasoning_content", "reasoning", "refusal" ->
              content |=
                  token == JsonToken.VALUE_STRING
                      ? parser.getTextLength() > 0
                      : token == JsonToken.START_ARRAY;
          case "tool_calls" -> content |= token == JsonToken.START_ARRAY;
          case "function_call", "audio" -> content |= token == JsonToken.START_OBJECT;
          default -> {}
        }
        parser.skipChildren();
      }
    }
  }

  /** Lets frames through as they are, but for the two that the gateway has a say in. */
  private static final class Writer implements FrameWriter {
    private final Envelope envelope;
    private int finishes;

    Writer(Envelope envelope) {
      this.envelope = envelope;
    }

    @Override
    public byte @Nullable [] write(Frame frame, FrameFacts facts) {
      if (facts.usageOnly() && !envelope.streamUsage()) {
        return null;
      }
      byte[] raw = frame.raw();
      int before = finishes;
      finishes += facts.finishes();
      if (before < envelope.choices() && finishes >= envelope.choices()) {
        raw = GatewayField.intoFrame(raw, envelope);
      }
      return SseFrame.closed(raw);
    }
  }
}
