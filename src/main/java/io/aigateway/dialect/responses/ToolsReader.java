package io.aigateway.dialect.responses;

import static io.aigateway.dialect.RequestBody.invalid;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Tool;
import io.aigateway.chat.ToolChoice;
import io.aigateway.dialect.AllowedTools;
import io.aigateway.dialect.Fields;
import io.aigateway.dialect.Leftovers;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which functions may the model call? Tools that OpenAI itself runs are refused: no other provider
 * has them. One instance a body.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/responses/create
 */
final class ToolsReader {
  private final JsonNode root;
  private final JsonNode choice;

  ToolsReader(JsonNode root) {
    this.root = root;
    this.choice = root.path("tool_choice");
  }

  List<Tool> tools() {
    List<Tool> all = new ArrayList<>();
    JsonNode tools = Fields.value(root, "tools");
    if (tools == null) {
      return all;
    }
    if (!tools.isArray()) {
      throw invalid("tools", "The field 'tools' must be a list.");
    }
    for (int i = 0; i < tools.size(); i++) {
      all.add(tool(tools.get(i), "tools[" + i + "]"));
    }
    if (choice.path("type").asText().equals("allowed_tools")) {
      Set<String> names = new HashSet<>();
      choice.path("tools").forEach(tool -> names.add(tool.path("name").asText()));
      return AllowedTools.of(all, names, "tool_choice.tools");
    }
    return all;
  }

  @Nullable ToolChoice choice() {
    if (choice.isMissingNode() || choice.isNull()) {
      return null;
    }
    if (choice.isTextual()) {
      return mode(choice.textValue(), "tool_choice");
    }
    String type = Fields.required(choice, "type", "tool_choice.type");
    return switch (type) {
      case "function" -> new ToolChoice.Named(Fields.required(choice, "name", "tool_choice.name"));
      case "allowed_tools" ->
          mode(Fields.required(choice, "mode", "tool_choice.mode"), "tool_choice.mode");
      default ->
          throw Leftovers.unsupported(
              "tool_choice.type", "Only functions can be chosen for this model.");
    };
  }

  private static Tool tool(JsonNode node, String at) {
    String type = Fields.required(node, "type", at + ".type");
    if (!type.equals("function")) {
      throw Leftovers.unsupported(
          at + ".type", "Only tools of type 'function' work with this model.");
    }
    JsonNode parameters = Fields.value(node, "parameters");
    if (parameters != null && !parameters.isObject()) {
      throw invalid(at + ".parameters", "A function's parameters must be a JSON schema.");
    }
    return new Tool(
        Fields.required(node, "name", at + ".name"),
        Fields.optional(node, "description", at + ".description"),
        parameters,
        Fields.flag(node, "strict", at + ".strict"));
  }

  private static ToolChoice mode(String word, String param) {
    return switch (word) {
      case "auto" -> new ToolChoice.Auto();
      case "none" -> new ToolChoice.None();
      case "required" -> new ToolChoice.Required();
      default -> throw invalid(param, "The choice must be auto, none or required.");
    };
  }
}
