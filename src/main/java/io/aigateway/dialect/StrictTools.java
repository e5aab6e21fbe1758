package io.aigateway.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Tool;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/**
 * To which of a request's strict tools can Claude be held? To as many as it takes, in the caller's
 * order; the others are offered as they are. One instance a request, one thread.
 *
 * <p>Source: https://platform.claude.com/docs/en/build-with-claude/structured-outputs
 */
public final class StrictTools {
  /** More, over all tools of a request, Claude refuses. */
  private static final int MOST_TOOLS = 20;

  private static final int MOST_OPTIONAL = 24;
  private static final int MOST_UNIONS = 16;

  private final ClaudeModel model;
  private final Collection<String> dropped;
  private int tools;
  private int optional;
  private int unions;

  /**
   * @param dropped gets the name of what can't be said
   */
  public StrictTools(ClaudeModel model, Collection<String> dropped) {
    this.model = model;
    this.dropped = dropped;
  }

  /**
   * The schema of a strict tool; null when the tool is not strict, or Claude can't be held to it.
   */
  public @Nullable ObjectNode schema(Tool tool) {
    ObjectNode given = ToolInput.schema(tool.parameters());
    if (!Boolean.TRUE.equals(tool.strict()) || given.path("properties").isEmpty()) {
      return null; // nothing to hold to
    }
    ObjectNode closed = model.formats() ? ClosedSchema.of(given) : null;
    if (closed == null || !takes(closed)) {
      dropped.add("tools.strict");
      return null;
    }
    return closed;
  }

  private boolean takes(ObjectNode closed) {
    int more = optional(closed);
    int choices = unions(closed);
    if (tools == MOST_TOOLS || optional + more > MOST_OPTIONAL || unions + choices > MOST_UNIONS) {
      return false;
    }
    tools++;
    optional += more;
    unions += choices;
    return true;
  }

  private static int optional(JsonNode schema) {
    int all =
        schema.path("properties").isObject()
            ? Math.max(0, schema.path("properties").size() - schema.path("required").size())
            : 0;
    for (JsonNode inner : schema) {
      all += optional(inner);
    }
    return all;
  }

  private static int unions(JsonNode schema) {
    int all = schema.path("anyOf").isArray() || schema.path("type").isArray() ? 1 : 0;
    for (JsonNode inner : schema) {
      all += unions(inner);
    }
    return all;
  }
}
