package io.aigateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * A function that the model may call.
 *
 * @param parameters JSON schema of the arguments, or null when the caller gave none
 * @param strict whether the arguments must follow the schema exactly, or null when not said
 */
public record Tool(
    String name,
    @Nullable String description,
    @Nullable JsonNode parameters,
    @Nullable Boolean strict,
    @Nullable JsonNode cacheControl) {
  public Tool(
      String name,
      @Nullable String description,
      @Nullable JsonNode parameters,
      @Nullable Boolean strict) {
    this(name, description, parameters, strict, null);
  }
}
