package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.dialect.ToolInput;
import io.aigateway.wire.JsonBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is a whole answer as one of Anthropic's messages? Of several answers the first, since a
 * caller of this dialect can't ask for more.
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
final class ReplyWriter {
  private ReplyWriter() {}

  static byte[] write(ChatReply reply, Envelope envelope) {
    ChatReply.Choice choice = reply.choices().isEmpty() ? null : reply.choices().get(0);
    List<Content> content = choice == null ? List.of() : choice.content();
    JsonBytes json = new JsonBytes(1024);
    json.beginObject()
        .field("id", Words.id(reply.id(), envelope))
        .field("type", "message")
        .field("role", "assistant")
        .field("model", Words.model(reply.model(), envelope))
        .field("content")
        .beginArray();
    boolean refused = false;
    for (Content part : content) {
      refused |= part instanceof Content.Refusal;
      write(json, part);
    }
    json.endArray();
    FinishReason finish = choice == null ? FinishReason.STOP : choice.finish();
    Words.stop(json, finish, choice == null ? null : choice.stopSequence(), refused);
    Words.usage(json, reply.usage());
    GatewayField.write(json, envelope);
    return json.endObject().toBytes();
  }

  /** What Anthropic has no block for, such as another provider's own notes, is left out. */
  private static void write(JsonBytes json, Content part) {
    if (part instanceof Content.Text text) {
      text(json, text);
    } else if (part instanceof Content.Refusal refusal) {
      text(json, new Content.Text(refusal.text()));
    } else if (part instanceof Content.Thinking thinking) {
      thinking(json, thinking);
    } else if (part instanceof Content.ToolCall call) {
      json.beginObject()
          .field("type", "tool_use")
          .field("id", call.id())
          .field("name", call.name())
          .field("input", ToolInput.of(call.arguments()))
          .endObject();
    } else if (part instanceof Content.Image image) {
      json.value(BlockWriter.picture(image.source()));
    } else if (part instanceof Content.Rest rest && rest.dialect().equals(AnthropicCaller.NAME)) {
      json.value(rest.value());
    }
  }

  // Callers send an answer back with the next turn, and Anthropic refuses text that is empty.
  private static void text(JsonBytes json, Content.Text text) {
    if (text.text().isEmpty()) {
      return;
    }
    json.beginObject().field("type", "text").field("text", text.text());
    JsonNode citations = Citations.list(text.citations());
    if (citations != null) {
      json.field("citations", citations);
    }
    json.endObject();
  }

  private static void thinking(JsonBytes json, Content.Thinking thinking) {
    @Nullable String redacted = thinking.redacted();
    if (redacted != null) {
      json.beginObject().field("type", "redacted_thinking").field("data", redacted).endObject();
    } else if (!thinking.text().isEmpty() || thinking.signature() != null) {
      json.beginObject()
          .field("type", "thinking")
          .field("thinking", thinking.text())
          .field("signature", thinking.signature() == null ? "" : thinking.signature())
          .endObject();
    }
  }
}
