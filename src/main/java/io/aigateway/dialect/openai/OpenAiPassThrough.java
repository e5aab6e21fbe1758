package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.wire.Frame;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How do OpenAI's bytes get from a caller to a provider and back without being understood? Unknown
 * fields, the order of keys and the digits of numbers survive.
 */
public final class OpenAiPassThrough implements PassThrough {
  private static final byte[] NOTHING = {};
  private static final byte[] TRUE = ascii("true");
  private static final byte[] OPTIONS = ascii("{\"include_usage\":true}");
  private static final byte[] OPTIONS_FIELD = ascii(",\"stream_options\":{\"include_usage\":true}");
  private static final byte[] ONLY_USAGE = ascii("\"include_usage\":true");
  private static final byte[] FIRST_USAGE = ascii("\"include_usage\":true,");

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

  /** The body with another model name; the very same array when it has that name already. */
  public static byte[] renamed(byte[] body, RequestHead head, String model) {
    List<Edit> edits = new ArrayList<>(1);
    rename(body, head, model, edits);
    return edited(body, edits);
  }

  /** {@link #renamed}, and without what other providers proved in the ids of calls. */
  public static byte[] renamedAndUnsealed(byte[] body, RequestHead head, String model) {
    List<Edit> edits = new ArrayList<>(1);
    rename(body, head, model, edits);
    unseal(body, edits);
    return edited(body, edits);
  }

  private static void unseal(byte[] body, List<Edit> edits) {
    for (SealedIds.Proof proof : SealedIds.in(body)) {
      edits.add(new Edit(proof.start(), proof.end(), NOTHING));
    }
  }

  /** The frame with the blank line that a provider's last one may lack. */
  public static byte[] ended(byte[] frame) {
    return Writer.ended(frame);
  }

  @Override
  public String dialect() {
    return dialect;
  }

  @Override
  public UpstreamRequest request(byte[] body, RequestHead head, String model) {
    List<Edit> edits = new ArrayList<>(2);
    rename(body, head, model, edits);
    if (head.stream() && !head.streamUsage()) {
      edits.add(askForUsage(body, head));
    }
    unseal(body, edits);
    return new UpstreamRequest(path, edited(body, edits), List.of());
  }

  @Override
  public ReplyFacts inspect(byte[] body) {
    try (JsonParser parser = Json.FACTORY.createParser(body)) {
      Scan scan = new Scan();
      scan.read(parser, "the reply");
      if (scan.error) {
        throw new MalformedReplyException("an error in a 200");
      }
      if (!scan.choices) {
        throw new MalformedReplyException("the reply has no list of choices");
      }
      return new ReplyFacts(scan.model, scan.finish, scan.usage);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("the reply is not JSON");
    } catch (IOException e) {
      throw new MalformedReplyException("the reply could not be read");
    }
  }

  @Override
  public byte[] reply(byte[] body, Envelope envelope) {
    int brace = body.length - 1;
    while (brace >= 0 && body[brace] != '}') {
      brace--;
    }
    return brace < 0 ? body : GatewayField.insert(body, brace, envelope);
  }

  @Override
  public FrameFacts inspect(Frame frame) {
    if (frame.isBlank()) {
      return FrameFacts.NOTHING;
    }
    byte[] data = frame.data();
    if (Frames.isDone(data)) {
      return new FrameFacts(false, 0, null, null, false, null, null, true);
    }
    Scan scan = new Scan();
    try (JsonParser parser = Json.FACTORY.createParser(data)) {
      scan.read(parser, "an event of the stream");
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("an event of the stream is not JSON");
    } catch (IOException e) {
      throw new MalformedReplyException("an event of the stream could not be read");
    }
    ChatEvent.Failure failure =
        scan.error || "error".equals(frame.event())
            ? Errors.failure(ReplyReader.object(data, "an event of the stream"))
            : null;
    return new FrameFacts(
        scan.content,
        scan.finishes,
        scan.finish,
        scan.usage,
        scan.usage != null && scan.answers == 0 && failure == null,
        scan.model,
        failure,
        false);
  }

  @Override
  public FrameWriter frames(Envelope envelope) {
    return new Writer(envelope);
  }

  private static void rename(byte[] body, RequestHead head, String model, List<Edit> edits) {
    List<Span> spans = head.modelSpans();
    // The last of doubled keys is the one that counts, but a provider may read another.
    boolean same = head.model().equals(model);
    if (same && spans.size() == 1) {
      return;
    }
    byte[] name = new JsonBytes(model.length() + 16).value(model).toBytes();
    for (Span span : spans) {
      if (!Arrays.equals(body, span.start(), span.end(), name, 0, name.length)) {
        edits.add(new Edit(span.start(), span.end(), name));
      }
    }
  }

  private static Edit askForUsage(byte[] body, RequestHead head) {
    Span usage = head.includeUsage();
    if (usage.isPresent()) {
      return new Edit(usage.start(), usage.end(), TRUE);
    }
    Span options = head.streamOptions();
    if (!options.isPresent()) {
      int brace = body.length - 1;
      while (body[brace] != '}') {
        brace--;
      }
      return new Edit(brace, brace, OPTIONS_FIELD);
    }
    if (body[options.start()] != '{') {
      return new Edit(options.start(), options.end(), OPTIONS);
    }
    int inside = options.start() + 1;
    int next = inside;
    while (Ascii.isSpace(body[next])) {
      next++;
    }
    return new Edit(inside, inside, body[next] == '}' ? ONLY_USAGE : FIRST_USAGE);
  }

  private static byte[] edited(byte[] body, List<Edit> edits) {
    if (edits.isEmpty()) {
      return body;
    }
    edits.sort(Comparator.comparingInt(Edit::start));
    int size = body.length;
    for (Edit edit : edits) {
      size += edit.text().length - (edit.end() - edit.start());
    }
    byte[] all = new byte[size];
    int from = 0;
    int to = 0;
    for (Edit edit : edits) {
      int kept = edit.start() - from;
      System.arraycopy(body, from, all, to, kept);
      System.arraycopy(edit.text(), 0, all, to + kept, edit.text().length);
      to += kept + edit.text().length;
      from = edit.end();
    }
    System.arraycopy(body, from, all, to, body.length - from);
    return all;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Bytes that stand in place of a range. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Edit(int start, int end, byte[] text) {}

  /** One pass over a whole answer or over one event; both have the same outline. */
  private static final class Scan {
    private @Nullable String model;
    private boolean choices;
    private int answers;
    private boolean content;
    private int finishes;
    private @Nullable FinishReason finish;
    private @Nullable Usage usage;
    private boolean error;

    void read(JsonParser parser, String what) throws IOException {
      if (parser.nextToken() != JsonToken.START_OBJECT) {
        throw new MalformedReplyException(what + " is not a JSON object");
      }
      for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
        JsonToken token = parser.nextToken();
        switch (name) {
          case "model" -> {
            if (token == JsonToken.VALUE_STRING) {
              String text = parser.getText();
              model = text.isEmpty() ? null : text;
            } else {
              parser.skipChildren();
            }
          }
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
        int brace = lastBrace(raw);
        if (brace >= 0) {
          raw = GatewayField.insert(raw, brace, envelope);
        }
      }
      return ended(raw);
    }

    /** The last brace in the last data line that has one; an id after it may have braces too. */
    private static int lastBrace(byte[] raw) {
      int brace = -1;
      for (int i = raw.length - 1; i >= 0; i--) {
        if (brace < 0 && raw[i] == '}') {
          brace = i;
        }
        if (i == 0 || raw[i - 1] == '\n' || raw[i - 1] == '\r') {
          if (brace >= 0 && raw[i] == 'd') {
            return brace;
          }
          // A byte order mark may stand before the first line.
          brace = i == 0 ? brace : -1;
        }
      }
      return brace;
    }

    // A provider's last event may lack its blank line; a caller would never see such an event.
    private static byte[] ended(byte[] raw) {
      int length = raw.length;
      if (length == 0) {
        return raw;
      }
      byte last = raw[length - 1];
      if (last != '\n' && last != '\r') {
        return joined(raw, "\n\n");
      }
      boolean crLf = last == '\n' && length > 1 && raw[length - 2] == '\r';
      int before = length - (crLf ? 3 : 2);
      boolean blank = before < 0 || raw[before] == '\n' || raw[before] == '\r';
      return blank ? raw : joined(raw, crLf ? "\r\n" : last == '\r' ? "\r" : "\n");
    }

    private static byte[] joined(byte[] raw, String end) {
      return new JsonBytes(raw.length + end.length()).raw(raw).raw(end).toBytes();
    }
  }
}
