package io.aigateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a caller asks of a model, in no provider's dialect.
 *
 * @param model the name that is sent to the provider
 * @param messages in the caller's order; system messages stand where the caller put them
 * @param parallelToolCalls whether several tools may be called at once, or null when not said
 * @param stream whether the caller reads events
 * @param streamUsage whether the caller asked to see usage at the end of a stream
 * @param user the caller's own name for its end user, or null
 * @param rest top-level fields that only {@code restDialect} can say, by name
 */
public record ChatRequest(
    String model,
    List<Message> messages,
    List<Tool> tools,
    @Nullable ToolChoice toolChoice,
    @Nullable Boolean parallelToolCalls,
    Sampling sampling,
    @Nullable ResponseFormat responseFormat,
    @Nullable Reasoning reasoning,
    boolean stream,
    boolean streamUsage,
    @Nullable String user,
    Map<String, JsonNode> metadata,
    Map<String, JsonNode> rest) {
  public ChatRequest {
    messages = List.copyOf(messages);
    tools = List.copyOf(tools);
    metadata = Map.copyOf(metadata);
    rest = Map.copyOf(rest);
  }

  /** The same request for another model name. */
  public ChatRequest withModel(String name) {
    return new ChatRequest(
        name,
        messages,
        tools,
        toolChoice,
        parallelToolCalls,
        sampling,
        responseFormat,
        reasoning,
        stream,
        streamUsage,
        user,
        metadata,
        rest);
  }
}
