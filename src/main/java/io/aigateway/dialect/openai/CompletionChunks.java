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
import org.jspecify.annotations.Nullable;

/**
 * Which {@code text_completion} events tell a caller of a neutral event? One instance a stream.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/completions
 */
final class CompletionChunks implements CallerDialect.EventWriter {
  private static final byte[] PING = ": ping\n\n".getBytes(StandardCharsets.US_ASCII);

  private final Envelope envelope;
  private final BitSet finished = new BitSet();
  private @Nullable String id;
  private @Nullable String model;
  private @Nullable Usage usage;

  CompletionChunks(Envelope envelope) {
    this.envelope = envelope;
  }

  @Override
  public byte @Nullable [] write(ChatEvent event) {
    if (event instanceof ChatEvent.Text text) {
      return chunk(text.choice(), text.text(), null);
    }
    if (event instanceof ChatEvent.Refusal text) {
      return chunk(text.choice(), text.text(), null);
    }
    if (event instanceof ChatEvent.Start start) {
      id = start.id();
      model = start.model();
    } else if (event instanceof ChatEvent.UsageReport report) {
      usage = report.usage();
    } else if (event instanceof ChatEvent.Finish finish && !finished.get(finish.choice())) {
      finished.set(finish.choice());
      return chunk(finish.choice(), "", finish.reason());
    } else if (event instanceof ChatEvent.End) {
      return end();
    } else if (event instanceof ChatEvent.Ping) {
      return PING;
    }
    return null;
  }

  /** All that stands before the choices, whose list is left open. */
  static void head(JsonBytes json, @Nullable String id, @Nullable String model, Envelope envelope) {
    json.beginObject()
        .field("id", id == null || id.isEmpty() ? "cmpl-" + envelope.requestId() : id)
        .field("object", "text_completion")
        .field("created", envelope.created())
        .field("model", OpenAiCaller.model(model, envelope))
        .field("choices")
        .beginArray();
  }

  static void choice(JsonBytes json, int index, String text, @Nullable FinishReason finish) {
    json.beginObject()
        .field("text", text)
        .field("index", index)
        .field("logprobs")
        .nullValue()
        .field("finish_reason");
    if (finish == null) {
      json.nullValue();
    } else {
      json.value(CompletionsCaller.word(finish));
    }
    json.endObject();
  }

  private byte @Nullable [] chunk(int index, String text, @Nullable FinishReason finish) {
    if (text.isEmpty() && finish == null) {
      return null;
    }
    JsonBytes json = new JsonBytes(256 + text.length()).raw("data: ");
    head(json, id, model, envelope);
    choice(json, index, text, finish);
    json.endArray();
    if (finish != null && finished.cardinality() == envelope.choices()) {
      GatewayField.write(json, envelope);
    }
    return json.endObject().raw("\n\n").toBytes();
  }

  private byte[] end() {
    JsonBytes json = new JsonBytes(512);
    if (usage != null && envelope.streamUsage()) {
      json.raw("data: ");
      head(json, id, model, envelope);
      json.endArray().field("usage");
      UsageCodec.write(json, usage);
      json.endObject().raw("\n\n");
    }
    return json.raw("data: [DONE]\n\n").toBytes();
  }
}
