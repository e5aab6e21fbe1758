package io.aigateway.dialect.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.FinishReason;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.GatewayField;
import io.aigateway.wire.Json;
import io.aigateway.wire.JsonBytes;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is a response in JSON, around its output? It repeats what was asked, as OpenAI's own does
 * and its clients expect. One instance an answer.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses/object
 */
final class ResponseObject {
  private final Envelope envelope;
  private final String name;

  /** What was asked, as the answer repeats it; the same in every event that has the response. */
  private byte @Nullable [] asked;

  ResponseObject(Envelope envelope) {
    this.envelope = envelope;
    this.name = envelope.requestId();
  }

  String itemId(String prefix, int index) {
    return prefix + "_" + name + "_" + index;
  }

  /** The beginning of a streamed response. */
  void begun(JsonBytes json, @Nullable String model) {
    write(json, Items.OPEN, model, null, List.of(), null);
  }

  /**
   * The whole response.
   *
   * @param items each a JSON object
   */
  void ended(
      JsonBytes json,
      @Nullable String model,
      FinishReason finish,
      Collection<byte[]> items,
      @Nullable Usage usage) {
    write(json, status(finish), model, finish, items, usage);
  }

  static String status(FinishReason finish) {
    return switch (finish) {
      case LENGTH, CONTENT_FILTER -> Items.CUT;
      case STOP, TOOL_CALLS -> Items.DONE;
    };
  }

  private void write(
      JsonBytes json,
      String status,
      @Nullable String model,
      @Nullable FinishReason finish,
      Collection<byte[]> items,
      @Nullable Usage usage) {
    json.beginObject()
        .field("id", "resp_" + name)
        .field("object", "response")
        .field("created_at", envelope.created())
        .field("status", status)
        .field("background", false)
        .field("error")
        .nullValue()
        .field("incomplete_details");
    if (status.equals(Items.CUT)) {
      json.beginObject()
          .field("reason", finish == FinishReason.LENGTH ? "max_output_tokens" : "content_filter")
          .endObject();
    } else {
      json.nullValue();
    }
    json.field("model", model == null || model.isEmpty() ? envelope.model() : model);
    json.field("output").beginArray();
    boolean later = false;
    for (byte[] item : items) {
      if (later) {
        json.raw(",");
      }
      json.raw(item);
      later = true;
    }
    json.endArray();
    json.raw(",").raw(asked());
    json.field("usage");
    if (usage == null) {
      json.nullValue();
    } else {
      write(json, usage);
    }
    if (finish != null) {
      GatewayField.write(json, envelope);
    }
    json.endObject();
  }

  private byte[] asked() {
    byte[] known = asked;
    if (known == null) {
      JsonBytes json = new JsonBytes(1024);
      asked(json, request(envelope.request().get()));
      known = json.toBytes();
      asked = known;
    }
    return known;
  }

  private static void asked(JsonBytes json, JsonNode request) {
    echo(json, request, "instructions", "null");
    echo(json, request, "max_output_tokens", "null");
    echo(json, request, "max_tool_calls", "null");
    echo(json, request, "metadata", "{}");
    echo(json, request, "parallel_tool_calls", "true");
    json.field("previous_response_id").nullValue();
    JsonNode reasoning = request.path("reasoning");
    json.field("reasoning").beginObject();
    json.field("effort", reasoning.path("effort"));
    json.field("summary", reasoning.path("summary")).endObject();
    json.field("store", false);
    echo(json, request, "temperature", "1.0");
    JsonNode format = request.path("text").path("format");
    json.field("text").beginObject().field("format");
    json.value(format.isObject() ? format : Json.object().put("type", "text")).endObject();
    echo(json, request, "tool_choice", "\"auto\"");
    json.field("tools").beginArray();
    for (JsonNode tool : request.path("tools")) {
      json.value(complete(tool));
    }
    json.endArray();
    echo(json, request, "top_logprobs", "0");
    echo(json, request, "top_p", "1.0");
    json.field("truncation", "disabled");
    echo(json, request, "user", "null");
  }

  private static void echo(JsonBytes json, JsonNode request, String name, String otherwise) {
    json.field(name);
    if (request.hasNonNull(name)) {
      json.value(request.get(name));
    } else {
      json.raw(otherwise);
    }
  }

  /** OpenAI's clients require what a caller may leave out. */
  private static JsonNode complete(JsonNode tool) {
    if (!(tool instanceof ObjectNode given)) {
      return tool;
    }
    ObjectNode all = given.deepCopy();
    for (String name : List.of("parameters", "strict")) {
      if (!all.has(name)) {
        all.putNull(name);
      }
    }
    return all;
  }

  private static void write(JsonBytes json, Usage usage) {
    json.beginObject()
        .field("input_tokens", usage.input())
        .field("input_tokens_details")
        .beginObject()
        .field("cached_tokens", usage.cacheRead())
        .field("cache_write_tokens", usage.cacheWrite())
        .endObject()
        .field("output_tokens", usage.output())
        .field("output_tokens_details")
        .beginObject()
        .field("reasoning_tokens", usage.reasoning())
        .endObject()
        .field("total_tokens", usage.total())
        .endObject();
  }

  private static JsonNode request(byte[] body) {
    if (body.length == 0) {
      return Json.object();
    }
    try {
      return Json.read(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("read before, unreadable now");
    }
  }
}
