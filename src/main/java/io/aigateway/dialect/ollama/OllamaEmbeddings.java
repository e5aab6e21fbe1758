package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.dialect.EmbeddingsDialect;
import io.aigateway.dialect.MalformedReplyException;
import io.aigateway.dialect.ReplyBody;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.Vectors;
import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * How does one ask Ollama for vectors? Stateless, for all threads.
 *
 * <p>Source: https://github.com/ollama/ollama/blob/main/docs/api.md#generate-embeddings
 */
final class OllamaEmbeddings implements EmbeddingsDialect {

  @Override
  public UpstreamRequest write(EmbedRequest request) {
    ObjectNode body = Json.object();
    body.put("model", request.model());
    ArrayNode input = body.putArray("input");
    Vectors.texts(request, "Ollama").forEach(input::add);
    if (request.dimensions() != null) {
      body.put("dimensions", request.dimensions());
    }
    return new UpstreamRequest("/api/embed", Json.bytes(body), request.rest());
  }

  @Override
  public EmbedReply read(byte[] body) {
    JsonNode reply = ReplyBody.object(body);
    JsonNode embeddings = reply.path("embeddings");
    if (!embeddings.isArray()) {
      throw new MalformedReplyException("the answer has no list of vectors");
    }
    List<float[]> vectors = new ArrayList<>(embeddings.size());
    for (JsonNode embedding : embeddings) {
      vectors.add(Vectors.read(embedding));
    }
    String model = Replies.text(reply, "model");
    return new EmbedReply(model.isEmpty() ? null : model, vectors, Replies.usage(reply));
  }
}
