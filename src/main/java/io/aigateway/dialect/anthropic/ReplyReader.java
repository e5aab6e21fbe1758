package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.dialect.JsonAnswer;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.dialect.ToolInput;
import java.util.ArrayList;
import java.util.List;

/**
 * What did Anthropic answer, in a whole?
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
final class ReplyReader {
  private ReplyReader() {}

  /**
   * @throws MalformedReplyException when the body is not a message, an error object included
   */
  static ChatReply read(byte[] body) {
    JsonNode message = ReplyBody.object(body);
    if (!"message".equals(ReplyBody.text(message, "type")) || !message.path("content").isArray()) {
      throw new MalformedReplyException("the provider's answer is not a message");
    }
    List<Content> content = new ArrayList<>();
    boolean calls = false;
    for (JsonNode block : message.path("content")) {
      Content part = part(block);
      calls |= part instanceof Content.ToolCall;
      content.add(part);
    }
    UsageReader usage = new UsageReader();
    usage.read(message.path("usage"));
    ChatReply.Choice choice =
        new ChatReply.Choice(
            0,
            content,
            Replies.finish(ReplyBody.text(message, "stop_reason"), calls),
            ReplyBody.text(message, "stop_sequence"),
            null);
    return new ChatReply(
        ReplyBody.text(message, "id"),
        ReplyBody.text(message, "model"),
        List.of(choice),
        usage.usage());
  }

  private static Content part(JsonNode block) {
    String type = ReplyBody.required(block, "type");
    switch (type) {
      case "text":
        return new Content.Text(
            ReplyBody.required(block, "text"), Citations.read(block.path("citations")), null);
      case "thinking":
        return new Content.Thinking(
            ReplyBody.required(block, "thinking"), ReplyBody.text(block, "signature"), null);
      case "redacted_thinking":
        return new Content.Thinking("", null, ReplyBody.required(block, "data"));
      case "tool_use":
        String name = ReplyBody.required(block, "name");
        String json = ToolInput.text(block.path("input"));
        return JsonAnswer.isAnswer(name)
            ? new Content.Text(json)
            : new Content.ToolCall(ReplyBody.required(block, "id"), name, json);
      default:
        return new Content.Rest(AnthropicProvider.NAME, type, block);
    }
  }
}
