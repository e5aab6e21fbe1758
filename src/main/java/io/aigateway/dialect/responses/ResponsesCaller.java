package io.aigateway.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.FinishReason;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.openai.HeadReader;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.ApiError;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How does one talk to a caller that speaks OpenAI's Responses API? Nothing is kept between
 * requests.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses
 */
public final class ResponsesCaller implements CallerDialect {
  static final String NAME = "responses";

  private final OpenAiCaller openai = new OpenAiCaller();

  @Override
  public String name() {
    return NAME;
  }

  /** A response always shows its usage. */
  @Override
  public RequestHead head(byte[] body) {
    RequestHead head = HeadReader.read(body, HeadReader.Form.PLAIN);
    return new RequestHead(
        head.model(),
        head.stream(),
        true,
        1,
        head.modelSpans(),
        head.streamOptions(),
        head.includeUsage());
  }

  @Override
  public ChatRequest read(byte[] body) {
    return RequestReader.read(body);
  }

  @Override
  public String parameter(String name) {
    return switch (name) {
      case "max_tokens" -> "max_output_tokens";
      case "logprobs" -> "top_logprobs";
      case "reasoning_effort" -> "reasoning.effort";
      case "response_format" -> "text.format";
      case "messages.image_url.detail" -> "input.input_image.detail";
      case "messages.file.filename" -> "input.input_file.filename";
      case "messages.reasoning_content" -> "input.reasoning";
      default -> name.startsWith("messages") ? "input" + name.substring(8) : name;
    };
  }

  @Override
  public byte[] write(ChatReply reply, Envelope envelope) {
    ResponseObject response = new ResponseObject(envelope);
    FinishReason finish = FinishReason.STOP;
    List<byte[]> items = new ArrayList<>();
    if (!reply.choices().isEmpty()) {
      ChatReply.Choice choice = reply.choices().get(0);
      finish = choice.finish();
      items = items(choice, response);
    }
    JsonBytes json = new JsonBytes(2048);
    response.ended(json, reply.model(), finish, items, reply.usage());
    return json.toBytes();
  }

  @Override
  public EventWriter events(Envelope envelope) {
    return new ResponseEvents(envelope);
  }

  @Override
  public boolean repeatsRequest() {
    return true;
  }

  @Override
  public byte[] error(ApiError error, String requestId) {
    return openai.error(error, requestId);
  }

  @Override
  public byte[] errorEvent(ApiError error, String requestId) {
    return ResponseEvents.error(error, 0);
  }

  private static List<byte[]> items(ChatReply.Choice choice, ResponseObject response) {
    String status = ResponseObject.status(choice.finish());
    List<byte[]> items = new ArrayList<>();
    List<Items.Part> parts = new ArrayList<>();
    for (Content content : choice.content()) {
      if (content instanceof Content.Text text) {
        parts.add(
            new Items.Part(
                false, text.text(), text.citations(), logprobs(choice.logprobs(), parts)));
        continue;
      }
      if (content instanceof Content.Refusal refusal) {
        parts.add(new Items.Part(true, refusal.text(), List.of(), null));
        continue;
      }
      message(items, parts, status, response);
      JsonBytes json = new JsonBytes();
      if (content instanceof Content.Thinking thought) {
        Items.reasoning(
            json,
            response.itemId("rs", items.size()),
            thought.text(),
            Thoughts.sealed(thought.signature(), thought.redacted()));
        items.add(json.toBytes());
      } else if (content instanceof Content.Image image
          && image.source() instanceof Content.Source.Base64 picture) {
        Items.picture(json, response.itemId("ig", items.size()), Items.DONE, picture);
        items.add(json.toBytes());
      } else if (content instanceof Content.ToolCall call) {
        String arguments = call.arguments().isBlank() ? "{}" : call.arguments();
        String id = response.itemId("fc", items.size());
        Items.call(json, id, status, call.id(), call.name(), arguments);
        items.add(json.toBytes());
      }
    }
    message(items, parts, status, response);
    return items;
  }

  private static void message(
      List<byte[]> items, List<Items.Part> parts, String status, ResponseObject response) {
    if (!parts.isEmpty()) {
      JsonBytes json = new JsonBytes();
      Items.message(json, response.itemId("msg", items.size()), status, parts);
      items.add(json.toBytes());
      parts.clear();
    }
  }

  /** They belong to the whole text; with the first part they are in their place. */
  private static @Nullable JsonNode logprobs(@Nullable JsonNode all, List<Items.Part> before) {
    JsonNode list = all == null || !before.isEmpty() ? null : all.get("content");
    return list != null && list.isArray() ? list : null;
  }
}
