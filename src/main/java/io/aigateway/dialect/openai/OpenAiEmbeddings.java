package io.aigateway.dialect.openai;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.dialect.EmbeddingsCaller;
import io.aigateway.dialect.Envelope;
import io.aigateway.dialect.RequestBody;
import io.aigateway.dialect.RequestHead;
import io.aigateway.dialect.Vectors;
import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * How does one talk to a caller that wants vectors in OpenAI's words?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/embeddings
 */
public final class OpenAiEmbeddings implements EmbeddingsCaller {
  private static final Set<String> KNOWN =
      Set.of("model", "input", "dimensions", "encoding_format");

  @Override
  public RequestHead head(byte[] body) {
    return HeadReader.read(body, HeadReader.Form.EMBEDDINGS);
  }

  @Override
  public EmbedRequest read(byte[] body) {
    JsonNode root = RequestBody.tree(body);
    if (!root.path("model").isTextual()) {
      throw invalid("model", "The field 'model' must be a string.");
    }
    JsonNode dimensions = root.path("dimensions");
    boolean said = root.hasNonNull("dimensions");
    if (said && (!dimensions.isInt() || dimensions.intValue() < 1)) {
      throw invalid("dimensions", "The field 'dimensions' must be an integer of at least 1.");
    }
    TreeSet<String> rest = new TreeSet<>();
    for (var field : root.properties()) {
      if (!KNOWN.contains(field.getKey()) && !field.getValue().isNull()) {
        rest.add(field.getKey());
      }
    }
    List<String> texts = texts(root.get("input"));
    return new EmbedRequest(
        root.get("model").textValue(),
        texts,
        texts.isEmpty(),
        said ? dimensions.intValue() : null,
        base64(root.path("encoding_format")),
        new ArrayList<>(rest));
  }

  @Override
  public byte[] write(EmbedReply reply, EmbedRequest request, Envelope envelope) {
    JsonBytes json = new JsonBytes(1024);
    json.beginObject().field("object", "list").field("data").beginArray();
    int index = 0;
    for (float[] vector : reply.vectors()) {
      json.beginObject().field("object", "embedding").field("index", index++).field("embedding");
      write(json, vector, request.base64());
      json.endObject();
    }
    long tokens = reply.usage() == null ? 0 : reply.usage().input();
    return json.endArray()
        .field("model", OpenAiCaller.model(reply.model(), envelope))
        .field("usage")
        .beginObject()
        .field("prompt_tokens", tokens)
        .field("total_tokens", tokens)
        .endObject()
        .endObject()
        .toBytes();
  }

  static void write(JsonBytes json, float[] vector, boolean base64) {
    if (base64) {
      json.value(Vectors.base64(vector));
      return;
    }
    json.beginArray();
    for (int i = 0; i < vector.length; i++) {
      if (i > 0) {
        json.raw(",");
      }
      json.raw(Float.toString(vector[i]));
    }
    json.endArray();
  }

  /**
   * Whether vectors are wanted as base64.
   *
   * @throws io.aigateway.error.RequestException 400 when it is another form than OpenAI's two
   */
  static boolean base64(JsonNode format) {
    return switch (format.isNull() || format.isMissingNode() ? "float" : format.asText()) {
      case "float" -> false;
      case "base64" -> true;
      default ->
          throw invalid("encoding_format", "The field 'encoding_format' must be float or base64.");
    };
  }

  /** Empty when the input is tokens. */
  private static List<String> texts(@Nullable JsonNode input) {
    if (input == null || input.isNull()) {
      throw invalid("input", "The field 'input' is missing; it must be a text or a list.");
    }
    if (input.isTextual()) {
      return List.of(input.textValue());
    }
    if (!input.isArray() || input.isEmpty()) {
      throw invalid("input", "The field 'input' must be a text, or a list that is not empty.");
    }
    boolean texts = input.get(0).isTextual();
    boolean lists = input.get(0).isArray();
    List<String> all = new ArrayList<>();
    for (int i = 0; i < input.size(); i++) {
      JsonNode item = input.get(i);
      if (texts && item.isTextual()) {
        all.add(item.textValue());
      } else if (texts || !(lists ? isTokens(item) : item.isIntegralNumber())) {
        throw invalid(
            "input[" + i + "]", "The field 'input' must have texts only, or tokens only.");
      }
    }
    return all;
  }

  private static boolean isTokens(JsonNode list) {
    for (JsonNode token : list) {
      if (!token.isIntegralNumber()) {
        return false;
      }
    }
    return list.isArray() && !list.isEmpty();
  }
}
