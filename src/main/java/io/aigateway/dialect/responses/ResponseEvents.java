package io.aigateway.dialect.responses;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.openai.Annotations;
import io.aigateway.error.ApiError;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Which events of a response tell a caller of a neutral event? Thoughts and messages end before the
 * next item begins; calls stay open to the end, because providers may send the arguments of several
 * calls in turn. One instance a stream.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses-streaming
 */
final class ResponseEvents implements CallerDialect.EventWriter {
  private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);

  private final ResponseObject response;
  private final SortedMap<Integer, byte[]> done = new TreeMap<>();
  private final Map<Integer, OpenCall> calls = new LinkedHashMap<>();
  private JsonBytes json = new JsonBytes(512);

  /** How likely the words are that come next. */
  private final ArrayNode logprobs = Json.array();

  private int sequence;
  private int items;
  private boolean begun;
  private @Nullable OpenMessage message;
  private @Nullable OpenThought thought;
  private @Nullable String model;
  private @Nullable FinishReason finish;
  private @Nullable Usage usage;

  ResponseEvents(Envelope envelope) {
    this.response = new ResponseObject(envelope);
  }

  @Override
  public byte @Nullable [] write(ChatEvent event) {
    if (event instanceof ChatEvent.UsageReport report) {
      usage = report.usage();
      return null;
    }
    if (event instanceof ChatEvent.Ping) {
      return PING;
    }
    json = new JsonBytes(512);
    if (event instanceof ChatEvent.Start start) {
      begin(start.model());
    } else if (event instanceof ChatEvent.Text text && text.choice() == 0) {
      speak(false, text.text());
    } else if (event instanceof ChatEvent.Logprobs likely && likely.choice() == 0) {
      likely.tokens().forEach(logprobs::add);
    } else if (event instanceof ChatEvent.Refusal text && text.choice() == 0) {
      speak(true, text.text());
    } else if (event instanceof ChatEvent.Thinking text && text.choice() == 0) {
      think(text.text());
    } else if (event instanceof ChatEvent.ThinkingSignature proof && proof.choice() == 0) {
      prove(proof.signature());
    } else if (event instanceof ChatEvent.RedactedThinking hidden && hidden.choice() == 0) {
      closeSpeech(Items.DONE);
      openThought().redacted = hidden.data();
      closeThought();
    } else if (event instanceof ChatEvent.Picture made && made.choice() == 0) {
      picture(made.source());
    } else if (event instanceof ChatEvent.Cited rests && rests.choice() == 0) {
      cite(rests.citation());
    } else if (event instanceof ChatEvent.ToolCallStart start && start.choice() == 0) {
      call(start);
    } else if (event instanceof ChatEvent.ToolCallArguments more && more.choice() == 0) {
      OpenCall open = calls.get(more.index());
      if (open != null) {
        arguments(open, more.json());
      }
    } else if (event instanceof ChatEvent.Finish ended && ended.choice() == 0) {
      finish(ended.reason());
    } else if (event instanceof ChatEvent.End) {
      end();
    }
    byte[] bytes = json.toBytes();
    return bytes.length == 0 ? null : bytes;
  }

  @Override
  public byte[] failed(ApiError error) {
    return error(error, sequence);
  }

  /**
   * OpenAI documents the fields at the top but sends them in {@code error}, where its clients look.
   */
  static byte[] error(ApiError error, int sequence) {
    JsonBytes json =
        new JsonBytes(256)
            .raw("event: error\ndata: ")
            .beginObject()
            .field("type", "error")
            .field("sequence_number", sequence);
    fields(json, error);
    json.field("error").beginObject().field("type", error.type());
    fields(json, error);
    return json.endObject().endObject().raw("\n\n").toBytes();
  }

  private static void fields(JsonBytes json, ApiError error) {
    json.field("code");
    nullable(json, error.code());
    json.field("message", error.message()).field("param");
    nullable(json, error.param());
  }

  private static void nullable(JsonBytes json, @Nullable String value) {
    if (value == null) {
      json.nullValue();
    } else {
      json.value(value);
    }
  }

  // ---- the response --------------------------------------------------------------------------

  private void begin(@Nullable String answering) {
    if (begun) {
      return;
    }
    begun = true;
    model = answering;
    for (String type : new String[] {"response.created", "response.in_progress"}) {
      open(type).field("response");
      response.begun(json, model);
      close();
    }
  }

  private void finish(FinishReason reason) {
    begin(null);
    if (finish != null) {
      return;
    }
    finish = reason;
    String status = ResponseObject.status(reason);
    closeThought();
    closeSpeech(status);
    for (OpenCall call : calls.values()) {
      closeCall(call, status);
    }
    calls.clear();
  }

  private void end() {
    FinishReason reason = finish == null ? FinishReason.STOP : finish;
    finish(reason);
    boolean whole = ResponseObject.status(reason).equals(Items.DONE);
    open(whole ? "response.completed" : "response.incomplete").field("response");
    response.ended(json, model, reason, done.values(), usage);
    close();
  }

  // ---- a message -----------------------------------------------------------------------------

  private void speak(boolean refusal, String text) {
    if (text.isEmpty()) {
      return;
    }
    begin(null);
    closeThought();
    OpenMessage open = openMessage();
    if (open.speaking && open.refusal != refusal) {
      closePart(open);
    }
    if (!open.speaking) {
      open.speaking = true;
      open.refusal = refusal;
      part("response.content_part.added", open, new Items.Part(refusal, "", List.of(), null));
    }
    open.text.append(text);
    inPart(refusal ? "response.refusal.delta" : "response.output_text.delta", open)
        .field("delta", text);
    if (!refusal) {
      json.field("logprobs", logprobs);
    }
    open.logprobs.addAll(logprobs);
    logprobs.removeAll();
    close();
  }

  private void cite(Citation citation) {
    OpenMessage open = message;
    if (open == null || !open.speaking || open.refusal || !Annotations.says(citation)) {
      return;
    }
    inPart("response.output_text.annotation.added", open)
        .field("annotation_index", open.citations.size())
        .field("annotation");
    Annotations.writeFlat(json, citation);
    close();
    open.citations.add(citation);
  }

  private OpenMessage openMessage() {
    OpenMessage open = message;
    if (open == null) {
      open = new OpenMessage(items, response.itemId("msg", items));
      items++;
      message = open;
      open("response.output_item.added").field("output_index", open.index).field("item");
      Items.message(json, open.id, Items.OPEN, open.parts);
      close();
    }
    return open;
  }

  private void closePart(OpenMessage open) {
    if (!open.speaking) {
      return;
    }
    // some tokens are half a character and come before it, or have no text at all
    open.logprobs.addAll(logprobs);
    logprobs.removeAll();
    Items.Part part =
        new Items.Part(
            open.refusal, open.text.toString(), open.citations, open.logprobs.deepCopy());
    inPart(open.refusal ? "response.refusal.done" : "response.output_text.done", open)
        .field(open.refusal ? "refusal" : "text", part.text());
    if (!open.refusal) {
      json.field("logprobs", open.logprobs);
    }
    close();
    part("response.content_part.done", open, part);
    open.parts.add(part);
    open.text.setLength(0);
    open.citations.clear();
    open.logprobs.removeAll();
    open.speaking = false;
  }

  private void closeSpeech(String status) {
    OpenMessage open = message;
    if (open == null) {
      return;
    }
    closePart(open);
    JsonBytes item = new JsonBytes(256 + open.id.length());
    Items.message(item, open.id, status, open.parts);
    itemDone(open.index, item.toBytes());
    message = null;
  }

  private void part(String type, OpenMessage open, Items.Part part) {
    inPart(type, open).field("part");
    part.write(json);
    close();
  }

  private JsonBytes inPart(String type, OpenMessage open) {
    return open(type)
        .field("item_id", open.id)
        .field("output_index", open.index)
        .field("content_index", open.parts.size());
  }

  // ---- a thought -----------------------------------------------------------------------------

  private void think(String text) {
    if (text.isEmpty()) {
      return;
    }
    closeSpeech(Items.DONE);
    OpenThought open = openThought();
    if (open.text.isEmpty()) {
      inSummary("response.reasoning_summary_part.added", open).field("part");
      Items.summary(json, "");
      close();
    }
    open.text.append(text);
    inSummary("response.reasoning_summary_text.delta", open).field("delta", text);
    close();
  }

  /** A proof ends its thought; one of something else is a thought without words. */
  private void prove(String signature) {
    closeSpeech(Items.DONE);
    openThought().signature = signature;
    closeThought();
  }

  private OpenThought openThought() {
    begin(null);
    OpenThought open = thought;
    if (open == null) {
      open = new OpenThought(items, response.itemId("rs", items));
      items++;
      thought = open;
      open("response.output_item.added").field("output_index", open.index).field("item");
      Items.reasoning(json, open.id, "", null);
      close();
    }
    return open;
  }

  private void closeThought() {
    OpenThought open = thought;
    if (open == null) {
      return;
    }
    String text = open.text.toString();
    if (!text.isEmpty()) {
      inSummary("response.reasoning_summary_text.done", open).field("text", text);
      close();
      inSummary("response.reasoning_summary_part.done", open).field("part");
      Items.summary(json, text);
      close();
    }
    JsonBytes item = new JsonBytes(256 + text.length());
    Items.reasoning(item, open.id, text, Thoughts.sealed(open.signature, open.redacted));
    itemDone(open.index, item.toBytes());
    thought = null;
  }

  private JsonBytes inSummary(String type, OpenThought open) {
    return open(type)
        .field("item_id", open.id)
        .field("output_index", open.index)
        .field("summary_index", 0);
  }

  // ---- a picture -----------------------------------------------------------------------------

  private void picture(Content.Source source) {
    if (!(source instanceof Content.Source.Base64 picture)) {
      return;
    }
    begin(null);
    closeThought();
    closeSpeech(Items.DONE);
    int index = items++;
    String id = response.itemId("ig", index);
    open("response.output_item.added").field("output_index", index).field("item");
    Items.picture(json, id, Items.OPEN, null);
    close();
    for (String type : List.of("in_progress", "generating", "completed")) {
      open("response.image_generation_call." + type)
          .field("item_id", id)
          .field("output_index", index);
      close();
    }
    JsonBytes item = new JsonBytes(256 + picture.data().length());
    Items.picture(item, id, Items.DONE, picture);
    itemDone(index, item.toBytes());
  }

  // ---- a call --------------------------------------------------------------------------------

  private void call(ChatEvent.ToolCallStart start) {
    begin(null);
    closeThought();
    closeSpeech(Items.DONE);
    OpenCall open = new OpenCall(items, response.itemId("fc", items), start.id(), start.name());
    items++;
    calls.put(start.index(), open);
    open("response.output_item.added").field("output_index", open.index).field("item");
    Items.call(json, open.id, Items.OPEN, open.callId, open.name, "");
    close();
  }

  private void arguments(OpenCall open, String text) {
    if (text.isEmpty()) {
      return;
    }
    open.arguments.append(text);
    inCall("response.function_call_arguments.delta", open).field("delta", text);
    close();
  }

  private void closeCall(OpenCall open, String status) {
    if (open.arguments.isEmpty()) {
      // clients parse this; nothing at all means no arguments
      arguments(open, "{}");
    }
    String all = open.arguments.toString();
    inCall("response.function_call_arguments.done", open)
        .field("name", open.name)
        .field("arguments", all);
    close();
    JsonBytes item = new JsonBytes(256 + all.length());
    Items.call(item, open.id, status, open.callId, open.name, all);
    itemDone(open.index, item.toBytes());
  }

  private JsonBytes inCall(String type, OpenCall open) {
    return open(type).field("item_id", open.id).field("output_index", open.index);
  }

  // ---- events --------------------------------------------------------------------------------

  private void itemDone(int index, byte[] item) {
    done.put(index, item);
    open("response.output_item.done").field("output_index", index).field("item").raw(item);
    close();
  }

  private JsonBytes open(String type) {
    return json.raw("event: ")
        .raw(type)
        .raw("\ndata: ")
        .beginObject()
        .field("type", type)
        .field("sequence_number", sequence++);
  }

  private void close() {
    json.endObject().raw("\n\n");
  }

  private static final class OpenMessage {
    final int index;
    final String id;
    final List<Items.Part> parts = new ArrayList<>(1);
    final StringBuilder text = new StringBuilder();
    final List<Citation> citations = new ArrayList<>(0);
    final ArrayNode logprobs = Json.array();
    boolean speaking;
    boolean refusal;

    OpenMessage(int index, String id) {
      this.index = index;
      this.id = id;
    }
  }

  private static final class OpenThought {
    final int index;
    final String id;
    final StringBuilder text = new StringBuilder();
    @Nullable String signature;
    @Nullable String redacted;

    OpenThought(int index, String id) {
      this.index = index;
      this.id = id;
    }
  }

  private static final class OpenCall {
    final int index;
    final String id;
    final String callId;
    final String name;
    final StringBuilder arguments = new StringBuilder();

    OpenCall(int index, String id, String callId, String name) {
      this.index = index;
      this.id = id;
      this.callId = callId;
      this.name = name;
    }
  }
}
