package io.aigateway.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which turns does a conversation have for a provider whose sides must speak in turn? What one side
 * says in a row is one turn, and a turn of which nothing is left is none; the results of tool calls
 * stand first in theirs. One instance a request, one thread.
 */
public final class Turns {
  public static final String USER = "user";
  public static final String ASSISTANT = "assistant";

  private final List<Turn> all = new ArrayList<>();

  /** One side's words, from its beginning to the other's. */
  public static final class Turn {
    private final String role;
    private final ArrayNode results = Json.array();
    private final ArrayNode parts = Json.array();

    private Turn(String role) {
      this.role = role;
    }

    /** What is said beside results; may be added to. */
    public ArrayNode parts() {
      return parts;
    }

    /** Whether there is such a part beside results. */
    public boolean has(Predicate<JsonNode> what) {
      for (JsonNode part : parts) {
        if (what.test(part)) {
          return true;
        }
      }
      return false;
    }

    public boolean isOf(String speaker) {
      return role.equals(speaker);
    }

    private ArrayNode all() {
      return results.isEmpty() ? parts : Json.array().addAll(results).addAll(parts);
    }
  }

  /** Whether what this side says next begins a turn. */
  public boolean begins(String role) {
    return all.isEmpty() || !last().isOf(role);
  }

  /**
   * Adds to what this side says.
   *
   * @param result whether it is the result of a tool call
   * @return where it stands, for what must stand right after it
   */
  public ArrayNode add(String role, ObjectNode block, boolean result) {
    if (begins(role)) {
      all.add(new Turn(role));
    }
    ArrayNode to = result ? last().results : last().parts;
    return to.add(block);
  }

  /** Puts a turn before all others. */
  public void addFirst(String role, ObjectNode block) {
    Turn turn = new Turn(role);
    turn.parts.add(block);
    all.add(0, turn);
  }

  /**
   * Says that nothing follows. An answer's beginning must not end in white space; where nobody
   * spoke, instructions alone are what the user says.
   *
   * @param system blocks of the system text, which are taken out then
   * @throws RequestException 400 when nothing is left to send
   */
  public void complete(ArrayNode system) {
    if (all.isEmpty()) {
      system.forEach(block -> add(USER, (ObjectNode) block, false));
      system.removeAll();
    }
    if (all.isEmpty()) {
      throw new RequestException(
          ApiError.invalid("messages", "messages must have at least one that is not empty"));
    }
    ArrayNode parts = last().parts;
    if (isPrefilled()
        && parts.path(parts.size() - 1) instanceof ObjectNode last
        && last.path("text").isTextual()) {
      last.put("text", last.path("text").textValue().stripTrailing());
    }
  }

  /** Whether the model goes on with words that the caller put into its mouth. */
  public boolean isPrefilled() {
    return last().isOf(ASSISTANT);
  }

  /**
   * Whether Claude may think before the next turn: not when it goes on with its own words, and not
   * when it called tools without the thoughts that led to it (a caller of another dialect can't
   * give them back), because it refuses both.
   */
  public boolean allowsThinking(Predicate<JsonNode> isCall, Predicate<JsonNode> isThought) {
    if (isPrefilled()) {
      return false;
    }
    Turn said = last(ASSISTANT);
    return said == null || !said.has(isCall) || isThought.test(said.parts.path(0));
  }

  public List<Turn> all() {
    return all;
  }

  /** The newest turn; there must be one. */
  public Turn last() {
    return all.get(all.size() - 1);
  }

  /** The newest turn of this side, or null. */
  public @Nullable Turn last(String role) {
    for (int i = all.size() - 1; i >= 0; i--) {
      if (all.get(i).isOf(role)) {
        return all.get(i);
      }
    }
    return null;
  }

  /** The turns as messages with {@code role} and {@code content}. */
  public ArrayNode messages(Function<ArrayNode, JsonNode> content) {
    ArrayNode messages = Json.array();
    for (Turn turn : all) {
      ObjectNode message = messages.addObject();
      message.put("role", turn.role);
      message.set("content", content.apply(turn.all()));
    }
    return messages;
  }
}
