package io.aigateway.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.aigateway.chat.ChatEvent;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
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

  /** How likely the words are that come next, by choice. */
  private final Map<Integer, JsonNode> logprobs = new HashMap<>(0);

  /** All that stands before the choices; the same in every chunk. */
  private byte @Nullable [] head;

  private @Nullable Usage usage;

  /** Whether calls are told in the words of {@code functions}; null until there is one. */
  private @Nullable Boolean legacy;

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
    if (event instanceof ChatEvent.Picture picture) {
      JsonBytes json = chunk(picture.choice(), 1024);
      Pictures.write(json, List.of(picture.source()));
      return close(json, picture.choice());
    }
    if (event instanceof ChatEvent.Logprobs likely) {
      logprobs.merge(likely.choice(), likely.tokens(), ChunkWriter::joined);
      return null;
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
    return close(json, choice);
  }

  private byte[] annotation(ChatEvent.Cited event) {
    JsonBytes json = chunk(event.choice(), 256);
    json.field("annotations").beginArray();
    Annotations.write(json, event.citation());
    json.endArray();
    return close(json, event.choice());
  }

  private byte @Nullable [] toolCall(ChatEvent.ToolCallStart start) {
    if (legacy == null) {
      legacy = FunctionCalls.areWanted(envelope.request().get());
    }
    if (legacy && start.index() > 0) {
      return null;
    }
    silentCalls.add(key(start.choice(), start.index()));
    JsonBytes json = chunk(start.choice(), 128);
    if (legacy) {
      FunctionCalls.write(json, start.name(), "");
      return close(json, start.choice());
    }
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
    return close(json, start.choice());
  }

  private byte @Nullable [] arguments(ChatEvent.ToolCallArguments event) {
    if (isLegacy() && event.index() > 0) {
      return null;
    }
    silentCalls.remove(key(event.choice(), event.index()));
    JsonBytes json = chunk(event.choice(), event.json().length());
    arguments(json, event.index(), event.json());
    return close(json, event.choice());
  }

  private boolean isLegacy() {
    return Boolean.TRUE.equals(legacy);
  }

  private void arguments(JsonBytes json, int index, String text) {
    if (isLegacy()) {
      FunctionCalls.write(json, "", text);
      return;
    }
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
          shut(json, null);
          return true;
        });
    open(json, choice);
    json.raw("},\"logprobs\":");
    logprobs(json, logprobs.remove(choice));
    boolean called = isLegacy() && reason == FinishReason.TOOL_CALLS;
    json.field("finish_reason", called ? FunctionCalls.FINISH : Words.of(reason));
    json.endObject().endArray();
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
    shut(json, null);
  }

  private void open(JsonBytes json, int choice) {
    json.raw(head(null, null)).raw("{\"index\":").raw(Integer.toString(choice)).raw(",\"delta\":{");
  }

  private static void shut(JsonBytes json, @Nullable JsonNode tokens) {
    json.raw("},\"logprobs\":");
    logprobs(json, tokens);
    json.raw(",\"finish_reason\":null}]}\n\n");
  }

  private byte[] close(JsonBytes json, int choice) {
    shut(json, logprobs.isEmpty() ? null : logprobs.remove(choice));
    return json.toBytes();
  }

  private static void logprobs(JsonBytes json, @Nullable JsonNode tokens) {
    if (tokens == null) {
      json.raw("null");
    } else {
      json.raw("{\"content\":").value(tokens).raw(",\"refusal\":null}");
    }
  }

  /** Tokens without text of their own wait for the next that has some. */
  private static JsonNode joined(JsonNode first, JsonNode second) {
    ArrayNode all = Json.array();
    first.forEach(all::add);
    second.forEach(all::add);
    return all;
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
