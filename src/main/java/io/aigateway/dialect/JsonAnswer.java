package io.aigateway.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.ResponseFormat;
import io.aigateway.wire.Json;

/**
 * How is an answer in JSON asked of a provider that has no setting for it? By a tool that the model
 * must call with the answer as its input. The tool's name begins with a reserved prefix, by which a
 * reader that knows nothing of the request turns the call back into text.
 *
 * <p>Only an object schema can be a tool's. Everything else, and a request in which a tool can't be
 * forced, says the format in the system text instead; so does an answer without a schema, for which
 * models tend to call a tool with an empty input.
 */
public final class JsonAnswer {
  private static final String PREFIX = "json_answer__";
  private static final int LONGEST_NAME = 64;

  private JsonAnswer() {}

  /** Whether a call of this tool is an answer. */
  public static boolean isAnswer(String toolName) {
    return toolName.startsWith(PREFIX);
  }

  /** Whether the format can be a tool's input. */
  public static boolean canBeTool(ResponseFormat format) {
    return format instanceof ResponseFormat.JsonSchema json
        && json.schema().path("type").asText().equals("object");
  }

  /** Letters, digits, {@code _} and {@code -}, at most 64 of them. */
  public static String toolName(ResponseFormat.JsonSchema format) {
    String name = PREFIX + format.name().replaceAll("[^a-zA-Z0-9_-]", "_");
    return name.length() <= LONGEST_NAME ? name : name.substring(0, LONGEST_NAME);
  }

  /** What the model is told of the tool; its input has {@code format.schema()}. */
  public static String description(ResponseFormat.JsonSchema format) {
    String description = "Gives the whole answer to the user as this tool's input.";
    return format.description() == null
        ? description
        : description + " The answer: " + format.description();
  }

  /** What the system text says when no tool can be forced. */
  public static String instruction(ResponseFormat format) {
    String plain = "without any text before or after it and without a code fence";
    if (format instanceof ResponseFormat.JsonSchema json) {
      JsonNode schema = json.schema();
      return "Give your final answer to the user as one JSON value, "
          + plain
          + ", that follows this JSON schema: "
          + Json.text(schema);
    }
    return "Give your final answer to the user as one JSON object, " + plain + ".";
  }
}
