package io.aigateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** The form that the answer's text must have. */
public sealed interface ResponseFormat {
  /** Any JSON object. */
  record JsonObject() implements ResponseFormat {}

  /** JSON that follows {@code schema}. */
  record JsonSchema(
      String name, @Nullable String description, JsonNode schema, @Nullable Boolean strict)
      implements ResponseFormat {}
}
