package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.Leftovers;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What are a conversation's system text and its turns? All system messages become one system text,
 * wherever they stand; messages of one side in a row become one turn, so that all results of a
 * turn's tool calls are in the one turn after it, and first in it, as Anthropic demands. One
 * instance a request, one thread.
 */
final class Conversation {
  private static final String USER = "user";
  private static final String ASSISTANT = "assistant";

  private final ArrayNode system = Json.array();
  private final List<Turn> turns = new ArrayList<>();
  private final BlockWriter blocks = new BlockWriter();

  /**
   * @throws RequestException 400 when a part can't be said, or nothing is left to send
   */
  Conversation(List<Message> messages) {
    for (Message message : messages) {
      add(message);
    }
    trimPrefill();
    if (turns.isEmpty()) {
      // the provider needs a turn: instructions alone are what the user says
      Turn turn = new Turn(USER);
      turn.parts.addAll(system);
      system.removeAll();
      turns.add(turn);
    }
    if (turns.get(0).isEmpty()) {
      throw new RequestException(
          ApiError.invalid("messages", "messages must have at least one that is not empty"));
    }
  }

  /** Adds to the end of the system text. */
  void instruct(String text) {
    system.add(Json.object().put("type", "text").put("text", text));
  }

  /** A string, a list of blocks, or null when there is none. */
  @Nullable JsonNode system() {
    return system.isEmpty() ? null : BlockWriter.plain(system);
  }

  ArrayNode messages() {
    ArrayNode all = Json.array();
    for (Turn turn : turns) {
      ObjectNode message = all.addObject();
      message.put("role", turn.role);
      message.set("content", BlockWriter.plain(turn.all()));
    }
    return all;
  }

  /** Whether the model goes on with words that the caller put into its mouth. */
  boolean isPrefilled() {
    return turns.get(turns.size() - 1).role.equals(ASSISTANT);
  }

  /**
   * Whether the model may think before the next turn: not when it goes on with its own words, and
   * not when it called tools without the thoughts that led to it (a caller of another dialect can't
   * give them back), because Anthropic refuses both.
   */
  boolean allowsThinking() {
    if (isPrefilled()) {
      return false;
    }
    for (int i = turns.size() - 1; i >= 0; i--) {
      Turn turn = turns.get(i);
      if (turn.role.equals(ASSISTANT)) {
        String first = turn.parts.path(0).path("type").asText();
        return !turn.has("tool_use")
            || first.equals("thinking")
            || first.equals("redacted_thinking");
      }
    }
    return true;
  }

  private void add(Message message) {
    if (message.role() == Role.SYSTEM) {
      message.content().forEach(this::addSystem);
      return;
    }
    String role = message.role() == Role.ASSISTANT ? ASSISTANT : USER;
    Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
    boolean same = last != null && last.role.equals(role);
    if (!same && role.equals(ASSISTANT)) {
      blocks.turn();
    }
    Turn turn = same && last != null ? last : new Turn(role);
    for (Content part : message.content()) {
      ObjectNode block = blocks.block(message.role(), part);
      if (block != null) {
        turn.add(block);
      }
    }
    if (!same && !turn.isEmpty()) {
      turns.add(turn);
    }
  }

  private void addSystem(Content part) {
    if (!(part instanceof Content.Text || part instanceof Content.Refusal)) {
      throw Leftovers.refused(part, "Anthropic's system text");
    }
    ObjectNode block = blocks.block(Role.SYSTEM, part);
    if (block != null) {
      system.add(block);
    }
  }

  /** Anthropic refuses an answer's beginning that ends in white space. */
  private void trimPrefill() {
    if (turns.isEmpty() || !isPrefilled()) {
      return;
    }
    ArrayNode parts = turns.get(turns.size() - 1).parts;
    if (parts.path(parts.size() - 1) instanceof ObjectNode last
        && last.path("type").asText().equals("text")) {
      last.put("text", last.path("text").asText().stripTrailing());
    }
  }

  private static final class Turn {
    private final String role;
    private final ArrayNode results = Json.array();
    private final ArrayNode parts = Json.array();

    Turn(String role) {
      this.role = role;
    }

    void add(ObjectNode block) {
      boolean result = role.equals(USER) && block.path("type").asText().equals("tool_result");
      (result ? results : parts).add(block);
    }

    boolean isEmpty() {
      return results.isEmpty() && parts.isEmpty();
    }

    boolean has(String type) {
      for (JsonNode part : parts) {
        if (part.path("type").asText().equals(type)) {
          return true;
        }
      }
      return false;
    }

    ArrayNode all() {
      return results.isEmpty() ? parts : Json.array().addAll(results).addAll(parts);
    }
  }
}
