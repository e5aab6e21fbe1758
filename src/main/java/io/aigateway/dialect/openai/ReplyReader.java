package io.aigateway.dialect.openai;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What does a whole {@code chat.completion} say, in neutral words?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/object
 */
final class ReplyReader {
  private ReplyReader() {}

  static ChatReply read(byte[] body, Variant variant) {
    JsonNode root = object(body, "the reply");
    if (root.hasNonNull("error")) {
      throw new MalformedReplyException("an error in a 200");
    }
    JsonNode choices = root.path("choices");
    if (!choices.isArray() || choices.isEmpty()) {
      throw new MalformedReplyException("the reply has no list of choices");
    }
    String id = text(root.get("id"));
    List<ChatReply.Choice> all = new ArrayList<>(choices.size());
    for (int i = 0; i < choices.size(); i++) {
      all.add(choice(choices.get(i), i, id, variant));
    }
    return new ChatReply(id, text(root.get("model")), all, UsageCodec.read(root.get("usage")));
  }

  /** The bytes as one JSON object. */
  static JsonNode object(byte[] bytes, String what) {
    JsonNode root;
    try {
      root = Json.read(bytes);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException(what + " is not JSON");
    }
    if (!root.isObject()) {
      throw new MalformedReplyException(what + " is not a JSON object");
    }
    return root;
  }

  private static ChatReply.Choice choice(
      JsonNode node, int position, @Nullable String id, Variant variant) {
    // OpenRouter tells so when the provider behind it failed half-way.
    if (node.hasNonNull("error")) {
      throw new MalformedReplyException("an error in a 200");
    }
    JsonNode message = node.path("message");
    // Azure leaves the message out when its filter took the whole answer.
    if (!message.isObject() && !node.hasNonNull("finish_reason")) {
      throw new MalformedReplyException("a choice of the reply has no message");
    }
    int index = index(node, position);
    List<Content> content = new ArrayList<>();
    String thought = thought(message);
    String proof = variant == Variant.OPENROUTER ? proof(message) : null;
    if (thought != null || proof != null) {
      content.add(new Content.Thinking(thought == null ? "" : thought, proof, null));
    }
    content(message.path("content"), content);
    cite(Annotations.read(message), content);
    for (Content.Source picture : Pictures.read(message)) {
      content.add(new Content.Image(picture, null));
    }
    String refusal = text(message.get("refusal"));
    if (refusal != null) {
      content.add(new Content.Refusal(refusal));
    }
    boolean calls = false;
    for (JsonNode call : message.path("tool_calls")) {
      JsonNode function = call.path("function");
      String given = text(call.get("id"));
      content.add(
          new Content.ToolCall(
              given == null ? callId(id, index, content.size()) : given,
              function.path("name").asText(),
              arguments(function)));
      calls = true;
    }
    JsonNode legacy = message.path("function_call");
    if (legacy.isObject()) {
      content.add(
          new Content.ToolCall(
              callId(id, index, content.size()), legacy.path("name").asText(), arguments(legacy)));
      calls = true;
    }
    String word = text(node.get("finish_reason"));
    if (word != null && Words.isFailure(word)) {
      throw new MalformedReplyException("an answer that broke off: " + word);
    }
    FinishReason finish = word == null ? FinishReason.STOP : Words.finish(word);
    // With a forced tool OpenAI says "stop" although the model waits for the call's result.
    if (finish == FinishReason.STOP && calls) {
      finish = FinishReason.TOOL_CALLS;
    }
    JsonNode logprobs = node.get("logprobs");
    return new ChatReply.Choice(
        index,
        content,
        finish,
        text(node.get("stop_reason")),
        logprobs == null || logprobs.isNull() ? null : logprobs);
  }

  // Mistral's thinking models answer with a list of parts.
  private static void content(JsonNode node, List<Content> content) {
    if (node.isTextual()) {
      content.add(new Content.Text(node.textValue()));
      return;
    }
    for (JsonNode part : node) {
      switch (part.path("type").asText()) {
        case "text" -> content.add(new Content.Text(part.path("text").asText()));
        case "refusal" -> content.add(new Content.Refusal(part.path("refusal").asText()));
        case "thinking" -> content.add(new Content.Thinking(thinking(part), null, null));
        default ->
            content.add(new Content.Rest(OpenAiCaller.NAME, part.path("type").asText(), part));
      }
    }
  }

  // They tell places in the whole text, which is one piece.
  private static void cite(List<Citation> citations, List<Content> content) {
    int last = content.size() - 1;
    if (!citations.isEmpty() && last >= 0 && content.get(last) instanceof Content.Text text) {
      content.set(last, new Content.Text(text.text(), citations, null));
    }
  }

  /** The text of a Mistral thinking part, whose own text is again a list of parts. */
  static String thinking(JsonNode part) {
    JsonNode inner = part.path("thinking");
    if (inner.isTextual()) {
      return inner.textValue();
    }
    StringBuilder all = new StringBuilder();
    for (JsonNode piece : inner) {
      all.append(piece.path("text").asText());
    }
    return all.toString();
  }

  /** What a message or a delta thinks: DeepSeek's field, or OpenRouter's and Groq's. */
  static @Nullable String thought(JsonNode message) {
    String thought = text(message.get("reasoning_content"));
    return thought == null ? text(message.get("reasoning")) : thought;
  }

  private static @Nullable String proof(JsonNode message) {
    ReasoningDetails details = new ReasoningDetails();
    details.add(message);
    return details.signature();
  }

  /** The arguments as the text they are; some servers send the object itself. */
  static String arguments(JsonNode function) {
    JsonNode arguments = function.path("arguments");
    return arguments.isObject() ? Text.of(arguments) : arguments.asText("");
  }

  /** A non-empty text, or null. */
  static @Nullable String text(@Nullable JsonNode node) {
    return node == null || !node.isTextual() || node.textValue().isEmpty()
        ? null
        : node.textValue();
  }

  static int index(JsonNode node, int otherwise) {
    JsonNode index = node.path("index");
    return index.isInt() && index.intValue() >= 0 && index.intValue() < 1 << 16
        ? index.intValue()
        : otherwise;
  }

  /** A name for a call that the provider gave none, made only of what all dialects allow. */
  static String callId(@Nullable String reply, int choice, int call) {
    StringBuilder id = new StringBuilder("call_");
    if (reply != null) {
      for (int i = Math.max(0, reply.length() - 24); i < reply.length(); i++) {
        char c = reply.charAt(i);
        if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9') {
          id.append(c);
        }
      }
      id.append('_');
    }
    return id.append(choice).append('_').append(call).toString();
  }
}
