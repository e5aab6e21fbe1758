package io.aigateway.dialect.bedrock;

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
 * What did Bedrock answer, in a whole? It names neither the answer nor the model.
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
final class ReplyReader {
  private ReplyReader() {}

  /**
   * @throws MalformedReplyException when the body is not an answer, an error object included
   */
  static ChatReply read(byte[] body) {
    JsonNode answer = ReplyBody.object(body);
    JsonNode blocks = answer.path("output").path("message").path("content");
    if (!blocks.isArray()) {
      throw new MalformedReplyException("the provider's answer has no message");
    }
    List<Content> content = new ArrayList<>();
    boolean calls = false;
    for (JsonNode block : blocks) {
      Content part = part(block);
      calls |= part instanceof Content.ToolCall;
      content.add(part);
    }
    ChatReply.Choice choice =
        new ChatReply.Choice(
            0,
            content,
            Replies.finish(ReplyBody.text(answer, "stopReason"), calls),
            Replies.stopSequence(answer),
            null);
    return new ChatReply(null, null, List.of(choice), Replies.usage(answer.path("usage")));
  }

  private static Content part(JsonNode block) {
    if (block.has("text")) {
      return new Content.Text(ReplyBody.required(block, "text"));
    }
    JsonNode use = block.path("toolUse");
    if (use.isObject() && !Replies.isServerSide(use)) {
      return call(use);
    }
    JsonNode reasoning = block.path("reasoningContent");
    if (reasoning.has("redactedContent")) {
      return new Content.Thinking("", null, ReplyBody.required(reasoning, "redactedContent"));
    }
    JsonNode thought = reasoning.path("reasoningText");
    if (thought.isObject()) {
      return new Content.Thinking(
          ReplyBody.required(thought, "text"), ReplyBody.text(thought, "signature"), null);
    }
    JsonNode cited = block.path("citationsContent");
    if (cited.path("content").isArray()) {
      StringBuilder all = new StringBuilder();
      cited.path("content").forEach(piece -> all.append(piece.path("text").asText()));
      return new Content.Text(all.toString(), Citations.read(cited.path("citations")), null);
    }
    JsonNode image = block.path("image");
    if (image.at("/source/bytes").isTextual()) {
      String type = "image/" + image.path("format").asText("png");
      String data = image.at("/source/bytes").textValue();
      return new Content.Image(new Content.Source.Base64(type, data), null);
    }
    if (!block.isObject() || block.isEmpty()) {
      throw new MalformedReplyException("a part of the answer is empty");
    }
    return new Content.Rest(BedrockProvider.NAME, block.fieldNames().next(), block);
  }

  private static Content call(JsonNode use) {
    String name = ReplyBody.required(use, "name");
    String json = ToolInput.text(use.path("input"));
    return JsonAnswer.isAnswer(name)
        ? new Content.Text(json)
        : new Content.ToolCall(ReplyBody.required(use, "toolUseId"), name, json);
  }
}
