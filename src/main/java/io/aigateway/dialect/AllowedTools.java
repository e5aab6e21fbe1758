package io.aigateway.dialect;

import io.aigateway.chat.Tool;
import java.util.List;
import java.util.Set;

/**
 * Which of its tools may the model call, when the caller allows only some? The others are not
 * offered: no provider but OpenAI's own can be told of tools that must not be called. For all
 * threads.
 */
public final class AllowedTools {
  private AllowedTools() {}

  /**
   * Those of these names.
   *
   * @param at the field that has the names
   * @throws io.aigateway.error.RequestException 400 naming the field, when a name is none of a tool
   */
  public static List<Tool> of(List<Tool> tools, Set<String> names, String at) {
    List<Tool> allowed = tools.stream().filter(tool -> names.contains(tool.name())).toList();
    if (allowed.isEmpty() || allowed.stream().map(Tool::name).distinct().count() < names.size()) {
      throw RequestBody.invalid(
          at, "The field '" + at + "' must name at least one of 'tools', and nothing else.");
    }
    return allowed;
  }
}
