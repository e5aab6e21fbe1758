package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * What are Gemini's token probabilities in OpenAI's form?
 *
 * <p>Source: https://ai.google.dev/api/generate-content#LogprobsResult
 */
final class Logprobs {
  private Logprobs() {}

  /** Null when the answer has none. */
  static @Nullable JsonNode of(JsonNode candidate) {
    JsonNode result = candidate.path("logprobsResult");
    JsonNode chosen = result.path("chosenCandidates");
    if (!chosen.isArray() || chosen.isEmpty()) {
      return null;
    }
    ObjectNode all = Json.object();
    ArrayNode content = all.putArray("content");
    for (int i = 0; i < chosen.size(); i++) {
      ObjectNode token = token(chosen.get(i));
      ArrayNode top = token.putArray("top_logprobs");
      for (JsonNode other : result.path("topCandidates").path(i).path("candidates")) {
        top.add(token(other));
      }
      content.add(token);
    }
    all.putNull("refusal");
    return all;
  }

  private static ObjectNode token(JsonNode candidate) {
    String text = candidate.path("token").asText();
    ObjectNode token = Json.object();
    token.put("token", text);
    JsonNode logprob = candidate.path("logProbability");
    if (logprob.isNumber()) {
      token.set("logprob", logprob);
    } else {
      token.put("logprob", 0); // a certain token's is left out, as all zeros are
    }
    ArrayNode bytes = token.putArray("bytes");
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      bytes.add(b & 0xff);
    }
    return token;
  }
}
