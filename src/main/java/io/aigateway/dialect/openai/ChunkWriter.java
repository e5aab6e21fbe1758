package io.aigateway.dialect.openai;

import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.wire.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which {@code chat.completion.chunk} events tell a caller of a neutral event? One instance a
 * stream.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat-streaming
 */
final class ChunkWriter implements CallerDialect.EventWriter {
  private static final byte[] DONE = "data: [DONE]\n\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Envelope envelope;
  private final BitSet begun = new BitSet();
  private final BitSet finished = new BitSet();

  /** Calls whose arguments have not come yet: choice and index. */
  private final Set<Long> silentCalls = new HashSet<>();

  /** All that stands before the choices; the same in every chunk. */
  private byte @Nullable [] head;

  private @Nullable Usage usage;

  ChunkWriter(Envelope envelope) {
    this.envelope = envelope;
  }

  @Override
  public byte @Nullable [] write(ChatEvent event) {
    if (event instanceof ChatEvent.Text text) {
      return text.text().isEmpty() ? null : delta(text.choice(), "content", text.text());
    }
    if (event instanceof ChatEvent.Thinking text) {
      return text.text().isEmpty() ? null : delta(text.choice(), "reasoning_content", text.text());
    }
    if (event instanceof ChatEvent.ToolCallArguments arguments) {
      return arguments.json().isEmpty() ? null : arguments(arguments);
    }
    if (event instanceof ChatEvent.ToolCallStart start) {
      return toolCall(start);
    }
    if (event instanceof ChatEvent.Refusal text) {
      return delta(text.choice(), "refusal", text.text());
    }
    if (event instanceof ChatEvent.Start start) {
      return start(start);
    }
    if (event instanceof ChatEvent.Finish finish) {
      return finish(finish.choice(), finish.reason());
    }
    if (event instanceof ChatEvent.UsageReport report) {
      usage = report.usage();
      return null;
    }
    if (event instanceof ChatEvent.Cited rests) {
      return Annotations.says(rests.citation()) ? annotation(rests) : null;
    }
    if (event instanceof ChatEvent.Ping) {
      return PING;
    }
    return event instanceof ChatEvent.End ? end() : null;
  }

  private byte @Nullable [] start(ChatEvent.Start start) {
    if (head != null) {
      return null;
    }
    head(start.id(), start.model());
    JsonBytes json = new JsonBytes(384);
    begin(json, 0);
    return json.toBytes();
  }

  private byte[] delta(int choice, String field, String text) {
    JsonBytes json = chunk(choice, text.length());
    json.field(field, text);
    return close(json);
  }

  private byte[] annotation(ChatEvent.Cited event) {
    JsonBytes json = chunk(event.choice(), 256);
    json.field("annotations").beginArray();
    Annotations.write(json, event.citation());
    json.endArray();
    return close(json);
  }

  private byte[] toolCall(ChatEvent.ToolCallStart start) {
    silentCalls.add(key(start.choice(), start.index()));
    JsonBytes json = chunk(start.choice(), 128);
    json.field("tool_calls")
        .beginArray()
        .beginObject()
        .field("index", start.index())
        .field("id", start.id())
        .field("type", "function")
        .field("function")
        .beginObject()
        .field("name", start.name())
        .field("arguments", "")
        .endObject()
        .endObject()
        .endArray();
    return close(json);
  }

  private byte[] arguments(ChatEvent.ToolCallArguments event) {
    silentCalls.remove(key(event.choice(), event.index()));
    JsonBytes json = chunk(event.choice(), event.json().length());
    arguments(json, event.index(), event.json());
    return close(json);
  }

  private static void arguments(JsonBytes json, int index, String text) {
    json.field("tool_calls")
        .beginArray()
        .beginObject()
        .field("index", index)
        .field("function")
        .beginObject()
        .field("arguments", text)
        .endObject()
        .endObject()
        .endArray();
  }

  private byte @Nullable [] finish(int choice, FinishReason reason) {
    if (finished.get(choice)) {
      return null;
    }
    finished.set(choice);
    JsonBytes json = new JsonBytes(512);
    if (!begun.get(choice)) {
      begin(json, choice);
    }
    // A call without arguments still needs JSON that its reader can parse.
    silentCalls.removeIf(
        key -> {
          if (key >> 32 != choice) {
            return false;
          }
          open(json, choice);
          arguments(json, (int) (long) key, "{}");
          shut(json);
          return true;
        });
    open(json, choice);
    json.raw("},\"logprobs\":null").field("finish_reason", Words.of(reason)).endObject().endArray();
    if (finished.cardinality() == envelope.choices()) {
      GatewayField.write(json, envelope);
    }
    return json.raw("}\n\n").toBytes();
  }

  private byte[] end() {
    if (usage == null || !envelope.streamUsage()) {
      return DONE;
    }
    JsonBytes json = new JsonBytes(512).raw(head(null, null)).raw("],\"usage\":");
    UsageCodec.write(json, usage);
    return json.raw("}\n\n").raw(DONE).toBytes();
  }

  private JsonBytes chunk(int choice, int size) {
    JsonBytes json = new JsonBytes(320 + size);
    if (!begun.get(choice)) {
      begin(json, choice);
    }
    open(json, choice);
    return json;
  }

  private void begin(JsonBytes json, int choice) {
    begun.set(choice);
    open(json, choice);
    json.field("role", "assistant").field("content", "").field("refusal").nullValue();
    shut(json);
  }

  private void open(JsonBytes json, int choice) {
    json.raw(head(null, null)).raw("{\"index\":").raw(Integer.toString(choice)).raw(",\"delta\":{");
  }

  private static void shut(JsonBytes json) {
    json.raw("},\"logprobs\":null,\"finish_reason\":null}]}\n\n");
  }

  private static byte[] close(JsonBytes json) {
    shut(json);
    return json.toBytes();
  }

  private byte[] head(@Nullable String id, @Nullable String model) {
    byte[] known = head;
    if (known == null) {
      known =
          new JsonBytes(256)
              .raw("data: ")
              .beginObject()
              .field("id", OpenAiCaller.id(id, envelope))
              .field("object", "chat.completion.chunk")
              .field("created", envelope.created())
              .field("model", OpenAiCaller.model(model, envelope))
              .field("choices")
              .beginArray()
              .toBytes();
      head = known;
    }
    return known;
  }

  private static long key(int choice, int index) {
    return (long) choice << 32 | index;
  }
}
