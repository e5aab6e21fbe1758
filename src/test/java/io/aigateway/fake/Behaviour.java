package io.aigateway.fake;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * How does the fake provider treat one call? A factory says what comes, the other methods change
 * when, how, and where it breaks; each of them returns a new behaviour.
 *
 * <p>The same behaviour serves every dialect, whole or streamed, as the request asks. Positions in
 * a stream count pieces of content: 0 is after the events that open a stream (OpenAI's role chunk,
 * Anthropic's {@code message_start}) and before any content. In a whole answer, whatever the
 * position, a fault strikes after half of the body. Immutable.
 */
public final class Behaviour {
  private static final int BEFORE_OPENING = -1;

  private enum Content {
    ANSWER,
    ERROR,
    RAW,
    TRUNCATED,
    EMPTY_STREAM,
    NOTHING
  }

  private enum Fault {
    NONE,
    CUT,
    SILENT,
    ERROR_EVENT,
    END
  }

  private final Content content;
  private int status = 200;
  private List<String> pieces = List.of();
  private List<ToolCall> toolCalls = List.of();
  private List<byte[]> raw = List.of();
  private @Nullable String rawType;
  private @Nullable String message;
  private @Nullable String model;
  private @Nullable Usage usage;
  private boolean cutShort;
  private Map<String, String> headers = Map.of();
  private Duration beforeHead = Duration.ZERO;
  private Duration beforeFirstEvent = Duration.ZERO;
  private Duration gap = Duration.ZERO;
  private Fault fault = Fault.NONE;
  private int faultAfter;
  private int shred;
  private boolean gzip;

  private Behaviour(Content content) {
    this.content = content;
  }

  private Behaviour(Behaviour from) {
    content = from.content;
    status = from.status;
    pieces = from.pieces;
    toolCalls = from.toolCalls;
    raw = from.raw;
    rawType = from.rawType;
    message = from.message;
    model = from.model;
    usage = from.usage;
    cutShort = from.cutShort;
    headers = from.headers;
    beforeHead = from.beforeHead;
    beforeFirstEvent = from.beforeFirstEvent;
    gap = from.gap;
    fault = from.fault;
    faultAfter = from.faultAfter;
    shred = from.shred;
    gzip = from.gzip;
  }

  // ---- what comes

  /** A text; in a stream one event a word, without gaps. */
  public static Behaviour answer(String text) {
    Behaviour made = new Behaviour(Content.ANSWER);
    made.pieces = text.isEmpty() ? List.of() : List.of(text.split("(?<= )"));
    return made;
  }

  /** The given pieces, one event each, with a pause between two; a whole answer joins them. */
  public static Behaviour stream(Duration gap, String... pieces) {
    Behaviour made = new Behaviour(Content.ANSWER);
    made.pieces = List.of(pieces);
    made.gap = gap;
    return made;
  }

  /** An answer of one piece that is this many bytes long. */
  public static Behaviour hugeEvent(int bytes) {
    return stream(Duration.ZERO, "x".repeat(bytes));
  }

  /** An answer that is only a tool call; {@link #toolCall} adds more. */
  public static Behaviour callsTool(String id, String name, String arguments) {
    return new Behaviour(Content.ANSWER).toolCall(id, name, arguments);
  }

  /** An error status with the body that the dialect documents for it. */
  public static Behaviour status(int status) {
    Behaviour made = new Behaviour(Content.ERROR);
    made.status = status;
    return made;
  }

  /** An error status with the dialect's error body and this message. */
  public static Behaviour status(int status, String message) {
    Behaviour made = status(status);
    made.message = message;
    return made;
  }

  /** Exactly these bytes, one write a chunk, with status 200; {@link #code} changes it. */
  public static Behaviour raw(String contentType, byte[]... chunks) {
    Behaviour made = new Behaviour(Content.RAW);
    made.rawType = contentType;
    made.raw = Arrays.stream(chunks).map(byte[]::clone).toList();
    return made;
  }

  /** This JSON text, whatever the path: for endpoints that the fake has no dialect for. */
  public static Behaviour json(String json) {
    return raw("application/json", json.getBytes(UTF_8));
  }

  /** Status 200 with a web page, as from a captive portal. */
  public static Behaviour html() {
    return raw(
        "text/html; charset=utf-8",
        "<!doctype html><html><body><h1>It works!</h1></body></html>".getBytes(UTF_8));
  }

  /** Proper HTTP whose JSON stops in the middle; a stream has one such event after its opening. */
  public static Behaviour truncatedJson() {
    Behaviour made = new Behaviour(Content.TRUNCATED);
    made.pieces = List.of("never ", "seen");
    return made;
  }

  /** Status 200 with the content type that was asked for and random bytes, equal in every run. */
  public static Behaviour randomBytes(int count) {
    byte[] bytes = new byte[count];
    new Random(count).nextBytes(bytes);
    Behaviour made = new Behaviour(Content.RAW);
    made.raw = List.of(bytes);
    return made;
  }

  /** Status 200, content-length 0. */
  public static Behaviour empty() {
    return new Behaviour(Content.RAW);
  }

  /** Status 200, a stream's headers and a proper end of the body, without any event. */
  public static Behaviour emptyStream() {
    return new Behaviour(Content.EMPTY_STREAM);
  }

  /** Closes the socket before any header. */
  public static Behaviour cut() {
    Behaviour made = new Behaviour(Content.NOTHING);
    made.fault = Fault.CUT;
    return made;
  }

  /** Takes the request and never answers: not even headers. */
  public static Behaviour hang() {
    Behaviour made = new Behaviour(Content.NOTHING);
    made.fault = Fault.SILENT;
    return made;
  }

  /** Sends headers, then nothing. */
  public static Behaviour silent() {
    return answer("never seen").fault(Fault.SILENT, BEFORE_OPENING);
  }

  // ---- where it breaks

  /** Closes the socket after this many pieces of content. */
  public Behaviour cutAfter(int pieces) {
    return fault(Fault.CUT, position(pieces));
  }

  /** Closes the socket after the headers, before any event. */
  public Behaviour cutAfterHeaders() {
    return fault(Fault.CUT, BEFORE_OPENING);
  }

  /** Says nothing more after this many pieces of content, with the connection open. */
  public Behaviour silentAfter(int pieces) {
    return fault(Fault.SILENT, position(pieces));
  }

  /** Ends the HTTP body properly after this many pieces, without the dialect's own end. */
  public Behaviour endsAfter(int pieces) {
    return fault(Fault.END, position(pieces));
  }

  /** Sends the dialect's error event after this many pieces; a whole answer is a 500 instead. */
  public Behaviour errorEventAt(int pieces) {
    return fault(Fault.ERROR_EVENT, position(pieces));
  }

  /** Sends the dialect's error event as the very first one; a whole answer is a 500 instead. */
  public Behaviour errorEventFirst() {
    return fault(Fault.ERROR_EVENT, BEFORE_OPENING);
  }

  // ---- when and how

  /** Waits before the headers. */
  public Behaviour slowFirstByte(Duration time) {
    Behaviour made = new Behaviour(this);
    made.beforeHead = time;
    return made;
  }

  /** Waits between the headers and the first event. */
  public Behaviour slowFirstEvent(Duration time) {
    Behaviour made = new Behaviour(this);
    made.beforeFirstEvent = time;
    return made;
  }

  /** Waits between two pieces of content (and two chunks of {@link #raw}). */
  public Behaviour gap(Duration time) {
    Behaviour made = new Behaviour(this);
    made.gap = time;
    return made;
  }

  /** Sends the body in pieces of this many bytes, each a chunk of its own, wherever that cuts. */
  public Behaviour shredded(int bytes) {
    Behaviour made = new Behaviour(this);
    made.shred = bytes;
    return made;
  }

  /** Compresses the body, whether the caller accepts that or not; streams are flushed an event. */
  public Behaviour gzip() {
    Behaviour made = new Behaviour(this);
    made.gzip = true;
    return made;
  }

  /** Adds or replaces a response header. */
  public Behaviour header(String name, String value) {
    Behaviour made = new Behaviour(this);
    Map<String, String> all = new LinkedHashMap<>(headers);
    all.put(name, value);
    made.headers = Map.copyOf(all);
    return made;
  }

  /** Another HTTP status for the same body. */
  public Behaviour code(int status) {
    Behaviour made = new Behaviour(this);
    made.status = status;
    return made;
  }

  /** Another error message, in the body of a status or in an error event. */
  public Behaviour message(String message) {
    Behaviour made = new Behaviour(this);
    made.message = message;
    return made;
  }

  /** The model that the answer names; else the one that was asked for. */
  public Behaviour model(String model) {
    Behaviour made = new Behaviour(this);
    made.model = model;
    return made;
  }

  /** Tokens read and written; else 9 and one for each piece. */
  public Behaviour usage(long input, long output) {
    return usage(new Usage(input, output));
  }

  /** Tokens by kind, written as the dialect counts them. */
  public Behaviour usage(Usage usage) {
    Behaviour made = new Behaviour(this);
    made.usage = usage;
    return made;
  }

  /** Adds a tool call after the text. */
  public Behaviour toolCall(String id, String name, String arguments) {
    Behaviour made = new Behaviour(this);
    List<ToolCall> all = new ArrayList<>(toolCalls);
    all.add(new ToolCall(id, name, arguments));
    made.toolCalls = List.copyOf(all);
    return made;
  }

  /** The answer says that it ended at the token limit. */
  public Behaviour cutShort() {
    Behaviour made = new Behaviour(this);
    made.cutShort = true;
    return made;
  }

  // ---- what to do on the wire

  /** The steps for one request. */
  List<Step> script(String path, @Nullable JsonNode request) {
    List<Step> steps = new ArrayList<>();
    if (!beforeHead.isZero()) {
      steps.add(new Step.Pause(beforeHead));
    }
    if (content == Content.NOTHING) {
      steps.add(fault == Fault.CUT ? new Step.Cut() : new Step.Silence());
      return steps;
    }
    Wire wire = Wire.of(path);
    if (content == Content.RAW) {
      if (raw.size() > 1) {
        flow(steps, streamType(wire), List.of(), raw, List.of(), new byte[0]);
      } else {
        boolean stream = wire != null && rawType == null && streams(wire, request);
        String type = stream ? streamType(wire) : rawType == null ? "application/json" : rawType;
        body(steps, type, status, raw.isEmpty() ? new byte[0] : raw.get(0));
      }
      return steps;
    }
    if (content == Content.ERROR) {
      Wire errors = wire == null ? OpenAiWire.INSTANCE : wire;
      body(steps, "application/json", status, errors.error(status, message));
      return steps;
    }
    if (wire == null) {
      byte[] unknown = OpenAiWire.INSTANCE.error(404, "the fake provider doesn't know " + path);
      body(steps, "application/json", 404, unknown);
      return steps;
    }
    boolean stream = streams(wire, request);
    Answer answer = answerTo(request);
    if (content == Content.EMPTY_STREAM) {
      flow(steps, wire.streamContentType(), List.of(), List.of(), List.of(), new byte[0]);
    } else if (content == Content.TRUNCATED && stream) {
      List<byte[]> opening = wire.stream(answer).opening();
      List<byte[]> broken = List.of(wire.brokenEvent());
      flow(steps, wire.streamContentType(), opening, broken, List.of(), new byte[0]);
    } else if (content == Content.TRUNCATED) {
      byte[] whole = wire.whole(answer);
      body(steps, "application/json", status, Arrays.copyOf(whole, whole.length / 2));
    } else if (stream) {
      Wire.Parts parts = wire.stream(answer);
      byte[] error = wire.errorEvent(message == null ? "The server is overloaded." : message);
      String type = wire.streamContentType();
      flow(steps, type, parts.opening(), parts.content(), parts.closing(), error);
    } else if (fault == Fault.ERROR_EVENT) {
      body(steps, "application/json", 500, wire.error(500, message));
    } else {
      body(steps, "application/json", status, wire.whole(answer));
    }
    return steps;
  }

  private Answer answerTo(@Nullable JsonNode request) {
    String asked = request == null ? "fake" : request.path("model").asText("fake");
    boolean usageAsked =
        request != null && request.path("stream_options").path("include_usage").asBoolean(false);
    Usage spent = usage == null ? new Usage(9, Math.max(1, pieces.size())) : usage;
    String named = model == null ? asked : model;
    return new Answer(named, pieces, toolCalls, spent, usageAsked, cutShort);
  }

  private static boolean streams(Wire wire, @Nullable JsonNode request) {
    boolean usual = wire.streamsByDefault();
    return request == null ? usual : request.path("stream").asBoolean(usual);
  }

  private String streamType(@Nullable Wire wire) {
    if (rawType != null) {
      return rawType;
    }
    return wire == null ? "application/octet-stream" : wire.streamContentType();
  }

  /** A whole body with its content-length, or chunked when it is sent in shreds. */
  private void body(List<Step> steps, String type, int code, byte[] plain) {
    byte[] bytes = gzip ? zipped(plain) : plain;
    byte[] half = Arrays.copyOf(bytes, bytes.length / 2);
    long length = shred > 0 ? -1 : fault == Fault.END ? half.length : bytes.length;
    steps.add(new Step.Head(code, head(type), length));
    if (!beforeFirstEvent.isZero()) {
      steps.add(new Step.Pause(beforeFirstEvent));
    }
    boolean whole = fault == Fault.NONE || fault == Fault.ERROR_EVENT;
    if (whole) {
      write(steps, bytes);
    } else if (faultAfter != BEFORE_OPENING) {
      write(steps, half);
    }
    steps.add(whole ? new Step.End() : last());
  }

  /**
   * A stream: its opening, its pieces with gaps between them, its end, and the fault on the way.
   */
  private void flow(
      List<Step> steps,
      String type,
      List<byte[]> opening,
      List<byte[]> middle,
      List<byte[]> closing,
      byte[] error) {
    steps.add(new Step.Head(status, head(type), -1));
    if (!beforeFirstEvent.isZero()) {
      steps.add(new Step.Pause(beforeFirstEvent));
    }
    Zipper zipper = gzip ? new Zipper() : null;
    boolean broken = fault != Fault.NONE;
    boolean atOnce = broken && faultAfter == BEFORE_OPENING;
    if (!atOnce) {
      opening.forEach(event -> write(steps, zipper == null ? event : zipper.flushed(event)));
      int count = broken ? Math.min(faultAfter, middle.size()) : middle.size();
      for (int i = 0; i < count; i++) {
        if (i > 0 && !gap.isZero()) {
          steps.add(new Step.Pause(gap));
        }
        byte[] event = middle.get(i);
        write(steps, zipper == null ? event : zipper.flushed(event));
      }
    }
    if (fault == Fault.ERROR_EVENT) {
      write(steps, zipper == null ? error : zipper.flushed(error));
    }
    if (!broken) {
      closing.forEach(event -> write(steps, zipper == null ? event : zipper.flushed(event)));
    }
    boolean ends = !broken || fault == Fault.ERROR_EVENT || fault == Fault.END;
    if (ends && zipper != null) {
      write(steps, zipper.rest());
    }
    steps.add(ends ? new Step.End() : last());
  }

  private Step last() {
    return switch (fault) {
      case CUT -> new Step.Cut();
      case SILENT -> new Step.Silence();
      default -> new Step.End();
    };
  }

  private Map<String, String> head(String type) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("content-type", type);
    if (gzip) {
      all.put("content-encoding", "gzip");
    }
    headers.forEach((name, value) -> all.put(name.toLowerCase(Locale.ROOT), value));
    return all;
  }

  private void write(List<Step> steps, byte[] bytes) {
    int size = shred > 0 ? shred : Math.max(1, bytes.length);
    for (int from = 0; from < bytes.length; from += size) {
      int to = Math.min(bytes.length, from + size);
      steps.add(new Step.Write(Arrays.copyOfRange(bytes, from, to)));
    }
  }

  private Behaviour fault(Fault kind, int after) {
    Behaviour made = new Behaviour(this);
    made.fault = kind;
    made.faultAfter = after;
    return made;
  }

  private static int position(int pieces) {
    if (pieces < 0) {
      throw new IllegalArgumentException("pieces must be 0 or more, was " + pieces);
    }
    return pieces;
  }

  private static byte[] zipped(byte[] plain) {
    Zipper zipper = new Zipper();
    byte[] start = zipper.flushed(plain);
    byte[] rest = zipper.rest();
    byte[] all = Arrays.copyOf(start, start.length + rest.length);
    System.arraycopy(rest, 0, all, start.length, rest.length);
    return all;
  }

  /** Compresses one stream, flushed so that each event can be read as soon as it arrives. */
  private static final class Zipper {
    private final ByteArrayOutputStream sink = new ByteArrayOutputStream();
    private final GZIPOutputStream zip;

    Zipper() {
      try {
        zip = new GZIPOutputStream(sink, true);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    byte[] flushed(byte[] bytes) {
      try {
        zip.write(bytes);
        zip.flush();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return taken();
    }

    byte[] rest() {
      try {
        zip.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      return taken();
    }

    private byte[] taken() {
      byte[] bytes = sink.toByteArray();
      sink.reset();
      return bytes;
    }
  }
}
