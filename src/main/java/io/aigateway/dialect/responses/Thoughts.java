package io.aigateway.dialect.responses;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How does a thought travel to a caller and back? Its text as the summary of a reasoning item, the
 * provider's proof of it in {@code encrypted_content}, which callers give back unread.
 */
final class Thoughts {
  /** Tells what was sealed here from OpenAI's own, which no other provider can read. */
  private static final String SEAL = "aigw1.";

  private Thoughts() {}

  /** The text for {@code encrypted_content}, or null when there is nothing to prove. */
  static @Nullable String sealed(@Nullable String signature, @Nullable String redacted) {
    if (signature == null && redacted == null) {
      return null;
    }
    ObjectNode proof = Json.object();
    if (signature != null) {
      proof.put("signature", signature);
    }
    if (redacted != null) {
      proof.put("redacted", redacted);
    }
    return SEAL + Base64.getUrlEncoder().withoutPadding().encodeToString(Json.bytes(proof));
  }

  /** The thought of a reasoning item; none when it has neither text nor a proof of ours. */
  static List<Content> read(JsonNode item) {
    StringBuilder text = new StringBuilder();
    for (String list : List.of("summary", "content")) {
      for (JsonNode part : item.path(list)) {
        text.append(part.path("text").asText());
      }
    }
    JsonNode proof = unsealed(item.path("encrypted_content").asText());
    String signature = text(proof, "signature");
    String redacted = text(proof, "redacted");
    return text.isEmpty() && signature == null && redacted == null
        ? List.of()
        : List.of(new Content.Thinking(text.toString(), signature, redacted));
  }

  private static JsonNode unsealed(String sealed) {
    if (!sealed.startsWith(SEAL)) {
      return Json.object();
    }
    try {
      byte[] bytes =
          Base64.getUrlDecoder()
              .decode(sealed.substring(SEAL.length()).getBytes(StandardCharsets.UTF_8));
      return Json.read(bytes);
    } catch (IllegalArgumentException | JsonProcessingException e) {
      // a caller changed it: a thought without proof is still a thought
      return Json.object();
    }
  }

  private static @Nullable String text(JsonNode node, String name) {
    JsonNode value = node.path(name);
    return value.isTextual() ? value.textValue() : null;
  }
}
