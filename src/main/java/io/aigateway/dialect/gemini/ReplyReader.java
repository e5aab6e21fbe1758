package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.dialect.Signatures;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What did Gemini answer, in a whole?
 *
 * <p>Source: https://ai.google.dev/api/generate-content#GenerateContentResponse
 */
final class ReplyReader {
  private final JsonNode reply;
  private final CallIds ids = new CallIds();

  private ReplyReader(JsonNode reply) {
    this.reply = reply;
  }

  /**
   * @throws MalformedReplyException when the body is not an answer, an error object included
   */
  static ChatReply read(byte[] body) {
    return new ReplyReader(ReplyBody.object(body)).read();
  }

  private ChatReply read() {
    JsonNode candidates = reply.path("candidates");
    List<ChatReply.Choice> choices = new ArrayList<>();
    if (candidates.isArray() && !candidates.isEmpty()) {
      for (int i = 0; i < candidates.size(); i++) {
        choices.add(choice(candidates.get(i), i));
      }
    } else if (Replies.isBlocked(reply)) {
      choices.add(new ChatReply.Choice(0, List.of(), FinishReason.CONTENT_FILTER, null, null));
    } else {
      throw new MalformedReplyException("the provider's answer has no candidates");
    }
    return new ChatReply(
        Replies.text(reply, "responseId"),
        Replies.text(reply, "modelVersion"),
        choices,
        UsageReader.read(reply));
  }

  private ChatReply.Choice choice(JsonNode candidate, int position) {
    String word = Replies.text(candidate, "finishReason");
    if (word == null && !candidate.path("content").isObject()) {
      throw new MalformedReplyException("a candidate has neither content nor an end");
    }
    int index = Replies.index(candidate, position);
    List<Content> content = new ArrayList<>();
    boolean calls = false;
    for (JsonNode part : Replies.parts(candidate)) {
      calls |= Replies.isCall(part);
      add(part, index, content);
    }
    return new ChatReply.Choice(
        index, content, Replies.finish(word, calls), null, Logprobs.of(candidate));
  }

  private void add(JsonNode part, int choice, List<Content> content) {
    if (Replies.isCall(part)) {
      content.add(Replies.call(reply, choice, part, ids));
      return;
    }
    String text = Replies.text(part, "text");
    String signature = Replies.signature(part);
    if (Replies.isThought(part)) {
      if (text != null) {
        content.add(new Content.Thinking(text, marked(signature), null));
      } else if (signature != null) {
        sign(signature, content);
      }
      return;
    }
    Content.Image image = Replies.image(part);
    String kind = Replies.kind(part);
    if (text == null && image == null && kind != null) {
      content.add(new Content.Rest(GeminiProvider.NAME, kind, part));
      return;
    }
    if (signature != null) {
      sign(signature, content);
    }
    if (text != null) {
      content.add(new Content.Text(text));
    }
    if (image != null) {
      content.add(image);
    }
  }

  /** The signature of a text stands with the thought before it. */
  private static void sign(String signature, List<Content> content) {
    int last = content.size() - 1;
    String thought = "";
    if (last >= 0
        && content.get(last) instanceof Content.Thinking before
        && before.signature() == null) {
      thought = before.text();
      content.remove(last);
    }
    content.add(new Content.Thinking(thought, marked(signature), null));
  }

  private static @Nullable String marked(@Nullable String signature) {
    return signature == null ? null : Signatures.marked(GeminiProvider.NAME, signature);
  }
}
