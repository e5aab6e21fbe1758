package io.aigateway.dialect.responses;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Content;
import io.aigateway.dialect.openai.Annotations;
import io.aigateway.wire.JsonBytes;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is an item of a response's output in JSON?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses/object
 */
final class Items {
  static final String DONE = "completed";
  static final String CUT = "incomplete";
  static final String OPEN = "in_progress";

  private Items() {}

  /**
   * A part of a message.
   *
   * @param citations what the text rests on, as far as OpenAI has words for it
   * @param logprobs OpenAI's list, or null
   */
  record Part(boolean refusal, String text, List<Citation> citations, @Nullable JsonNode logprobs) {
    Part {
      citations = citations.stream().filter(Annotations::says).toList();
    }

    String type() {
      return refusal ? "refusal" : "output_text";
    }

    void write(JsonBytes json) {
      json.beginObject().field("type", type());
      if (refusal) {
        json.field("refusal", text).endObject();
        return;
      }
      json.field("annotations").beginArray();
      citations.forEach(citation -> Annotations.writeFlat(json, citation));
      json.endArray().field("logprobs");
      if (logprobs == null) {
        json.beginArray().endArray();
      } else {
        json.value(logprobs);
      }
      json.field("text", text).endObject();
    }
  }

  static void message(JsonBytes json, String id, String status, List<Part> parts) {
    json.beginObject()
        .field("id", id)
        .field("type", "message")
        .field("status", status)
        .field("role", "assistant")
        .field("content")
        .beginArray();
    parts.forEach(part -> part.write(json));
    json.endArray().endObject();
  }

  /**
   * @param text the thought, "" when it may not be shown or is still to come
   * @param sealed see {@link Thoughts}
   */
  static void reasoning(JsonBytes json, String id, String text, @Nullable String sealed) {
    json.beginObject().field("id", id).field("type", "reasoning").field("summary").beginArray();
    if (!text.isEmpty()) {
      summary(json, text);
    }
    json.endArray();
    if (sealed != null) {
      json.field("encrypted_content", sealed);
    }
    json.endObject();
  }

  static void summary(JsonBytes json, String text) {
    json.beginObject().field("type", "summary_text").field("text", text).endObject();
  }

  /** A picture; without its bytes as long as they are to come. */
  static void picture(
      JsonBytes json, String id, String status, Content.Source.@Nullable Base64 picture) {
    json.beginObject()
        .field("id", id)
        .field("type", "image_generation_call")
        .field("status", status)
        .field("result");
    if (picture == null) {
      json.nullValue();
    } else {
      String type = picture.mediaType();
      json.value(picture.data()).field("output_format", type.substring(type.indexOf('/') + 1));
    }
    json.endObject();
  }

  static void call(
      JsonBytes json, String id, String status, String callId, String name, String arguments) {
    json.beginObject()
        .field("id", id)
        .field("type", "function_call")
        .field("status", status)
        .field("arguments", arguments)
        .field("call_id", callId)
        .field("name", name)
        .endObject();
  }
}
