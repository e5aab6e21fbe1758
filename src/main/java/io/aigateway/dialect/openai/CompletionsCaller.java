package io.aigateway.dialect.openai;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.chat.Sampling;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.Fields;
import io.aigateway.dialect.GatewayField;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.RequestBody;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.ApiError;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How does one talk to a caller that speaks OpenAI's legacy completions? For a provider without
 * them a prompt becomes the one message of a chat.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/completions
 */
public final class CompletionsCaller implements CallerDialect {
  /** The name of the dialect, and of its straight line. */
  static final String NAME = "completions";

  private static final Set<String> KNOWN =
      Set.of(
          "model",
          "prompt",
          "max_tokens",
          "temperature",
          "top_p",
          "n",
          "best_of",
          "stop",
          "seed",
          "presence_penalty",
          "frequency_penalty",
          "stream",
          "stream_options",
          "user",
          "echo",
          "logprobs",
          "suffix");

  private final OpenAiCaller openai = new OpenAiCaller();

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public RequestHead head(byte[] body) {
    return HeadReader.read(body, HeadReader.Form.COMPLETION);
  }

  @Override
  public ChatRequest read(byte[] body) {
    RequestHead head = head(body);
    JsonNode root = RequestBody.tree(body);
    refuse(root);
    Map<String, JsonNode> rest = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> field : root.properties()) {
      if (!KNOWN.contains(field.getKey())) {
        rest.put(field.getKey(), field.getValue());
      }
    }
    return new ChatRequest(
        head.model(),
        List.of(new Message(Role.USER, List.of(new Content.Text(prompt(root.path("prompt")))))),
        List.of(),
        null,
        null,
        new Sampling(
            Fields.number(root, "temperature", "temperature"),
            Fields.number(root, "top_p", "top_p"),
            null,
            Fields.atLeast(root, "max_tokens", "max_tokens", 1),
            stop(root.path("stop")),
            Fields.integer(root, "seed", "seed"),
            root.hasNonNull("n") ? head.choices() : null,
            Fields.number(root, "presence_penalty", "presence_penalty"),
            Fields.number(root, "frequency_penalty", "frequency_penalty"),
            null,
            null),
        null,
        null,
        head.stream(),
        head.streamUsage(),
        Fields.optional(root, "user", "user"),
        Map.of(),
        rest);
  }

  @Override
  public byte[] write(ChatReply reply, Envelope envelope) {
    JsonBytes json = new JsonBytes(512);
    CompletionChunks.head(json, reply.id(), reply.model(), envelope);
    for (ChatReply.Choice choice : reply.choices()) {
      StringBuilder text = new StringBuilder();
      for (Content part : choice.content()) {
        if (part instanceof Content.Text piece) {
          text.append(piece.text());
        } else if (part instanceof Content.Refusal piece) {
          text.append(piece.text());
        }
      }
      CompletionChunks.choice(json, choice.index(), text.toString(), choice.finish());
    }
    json.endArray();
    if (reply.usage() != null) {
      json.field("usage");
      UsageCodec.write(json, reply.usage());
    }
    GatewayField.write(json, envelope);
    return json.endObject().toBytes();
  }

  @Override
  public EventWriter events(Envelope envelope) {
    return new CompletionChunks(envelope);
  }

  @Override
  public byte[] error(ApiError error, String requestId) {
    return openai.error(error, requestId);
  }

  @Override
  public byte[] errorEvent(ApiError error, String requestId) {
    return openai.errorEvent(error, requestId);
  }

  /** The word for an end; a completion knows no tools. */
  static String word(FinishReason finish) {
    return finish == FinishReason.TOOL_CALLS ? "stop" : Words.of(finish);
  }

  private static void refuse(JsonNode root) {
    if (Boolean.TRUE.equals(Fields.flag(root, "echo", "echo"))) {
      throw Leftovers.unsupported("echo", "This model can't repeat its prompt.");
    }
    String suffix = Fields.optional(root, "suffix", "suffix");
    if (suffix != null && !suffix.isEmpty()) {
      throw Leftovers.unsupported("suffix", "This model can't fill in before a suffix.");
    }
    if (root.hasNonNull("logprobs")) {
      throw Leftovers.unsupported("logprobs", "This model gives no token probabilities here.");
    }
    Integer best = Fields.integer(root, "best_of", "best_of", 1, 128);
    if (best != null && best > 1) {
      throw Leftovers.unsupported("best_of", "This model gives its first answer only.");
    }
  }

  private static String prompt(JsonNode prompt) {
    JsonNode one = prompt.isArray() && prompt.size() == 1 ? prompt.get(0) : prompt;
    if (one.isTextual()) {
      return one.textValue();
    }
    if (!prompt.isArray() || prompt.isEmpty()) {
      throw invalid("prompt", "The field 'prompt' must be a text or a list with a text.");
    }
    throw Leftovers.unsupported("prompt", "This model takes one text; no tokens, no list of them.");
  }

  private static List<String> stop(JsonNode stop) {
    if (stop.isMissingNode() || stop.isNull()) {
      return List.of();
    }
    List<String> all = new ArrayList<>();
    for (JsonNode text : stop.isArray() ? stop : List.of(stop)) {
      if (!text.isTextual()) {
        throw invalid("stop", "The field 'stop' must be a string or a list of strings.");
      }
      all.add(text.textValue());
    }
    return all;
  }
}
