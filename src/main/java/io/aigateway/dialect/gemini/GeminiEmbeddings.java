package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Usage;
import io.aigateway.dialect.EmbeddingsDialect;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.Vectors;
import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;
import io.aigateway.wire.Json;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How does one ask Gemini for vectors? One text goes to {@code embedContent}, several go together
 * to {@code batchEmbedContents}. Stateless, for all threads.
 *
 * <p>Source: https://ai.google.dev/api/embeddings
 */
public final class GeminiEmbeddings implements EmbeddingsDialect {
  private static final String PREFIX = "models/";

  @Override
  public UpstreamRequest write(EmbedRequest request) {
    List<String> texts = Vectors.texts(request, "Gemini");
    String model = request.model();
    if (model.startsWith(PREFIX)) {
      model = model.substring(PREFIX.length());
    }
    // the caller chose the name: it must not lead to another path
    String path = "/models/" + URLEncoder.encode(model, StandardCharsets.UTF_8).replace("+", "%20");
    if (texts.size() == 1) {
      ObjectNode one = content(model, texts.get(0), request.dimensions());
      return new UpstreamRequest(path + ":embedContent", Json.bytes(one), request.rest());
    }
    ObjectNode body = Json.object();
    ArrayNode requests = body.putArray("requests");
    for (String text : texts) {
      requests.add(content(model, text, request.dimensions()));
    }
    return new UpstreamRequest(path + ":batchEmbedContents", Json.bytes(body), request.rest());
  }

  @Override
  public EmbedReply read(byte[] body) {
    JsonNode reply;
    try {
      reply = Json.read(body);
    } catch (JsonProcessingException e) {
      throw new MalformedReplyException("the reply is not JSON");
    }
    List<float[]> vectors = new ArrayList<>();
    if (reply.path("embedding").isObject()) {
      vectors.add(Vectors.read(reply.path("embedding").path("values")));
    } else if (reply.path("embeddings").isArray()) {
      for (JsonNode embedding : reply.path("embeddings")) {
        vectors.add(Vectors.read(embedding.path("values")));
      }
    } else {
      throw new MalformedReplyException("the reply has no vectors");
    }
    return new EmbedReply(null, vectors, usage(reply.path("usageMetadata")));
  }

  private static ObjectNode content(String model, String text, @Nullable Integer dimensions) {
    ObjectNode request = Json.object();
    request.put("model", PREFIX + model);
    request.putObject("content").putArray("parts").addObject().put("text", text);
    if (dimensions != null) {
      request.put("outputDimensionality", dimensions);
    }
    return request;
  }

  /** Null for the models that don't count. */
  private static @Nullable Usage usage(JsonNode metadata) {
    JsonNode count = metadata.path("promptTokenCount");
    return count.isIntegralNumber() && count.canConvertToInt()
        ? new Usage(Math.max(0, count.intValue()), 0)
        : null;
  }
}
