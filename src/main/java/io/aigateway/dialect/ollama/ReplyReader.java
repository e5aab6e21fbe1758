package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ReplyBody;
import java.util.ArrayList;
import java.util.List;

/** What did Ollama answer, in a whole? */
final class ReplyReader {
  private ReplyReader() {}

  /**
   * @throws MalformedReplyException when the body is not an answer, an error object included
   */
  static ChatReply read(byte[] body) {
    JsonNode reply = ReplyBody.object(body);
    JsonNode message = reply.path("message");
    if (!message.isObject() || reply.hasNonNull("error")) {
      throw new MalformedReplyException("the provider's answer has no message");
    }
    List<Content> content = new ArrayList<>();
    String thinking = Replies.text(message, "thinking");
    if (!thinking.isEmpty()) {
      content.add(new Content.Thinking(thinking, null, null));
    }
    String text = Replies.text(message, "content");
    if (!text.isEmpty()) {
      content.add(new Content.Text(text));
    }
    CallIds ids = new CallIds();
    JsonNode calls = message.path("tool_calls");
    for (JsonNode call : calls) {
      content.add(Replies.call(reply, call, ids));
    }
    String model = Replies.text(reply, "model");
    ChatReply.Choice choice =
        new ChatReply.Choice(0, content, Replies.finish(reply, !calls.isEmpty()), null, null);
    return new ChatReply(
        null, model.isEmpty() ? null : model, List.of(choice), Replies.usage(reply));
  }
}
