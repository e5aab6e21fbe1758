package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Turns;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
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
  private final Turns turns = new Turns();
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
      system.forEach(block -> turns.add(USER, (ObjectNode) block, false));
      system.removeAll();
    }
    if (turns.isEmpty()) {
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
    return turns.messages(BlockWriter::plain);
  }

  /** Whether the model goes on with words that the caller put into its mouth. */
  boolean isPrefilled() {
    return turns.last().isOf(ASSISTANT);
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
    Turns.Turn said = turns.last(ASSISTANT);
    if (said == null) {
      return true;
    }
    String first = said.parts().path(0).path("type").asText();
    return !has(said, "tool_use") || first.equals("thinking") || first.equals("redacted_thinking");
  }

  private static boolean has(Turns.Turn turn, String type) {
    for (JsonNode part : turn.parts()) {
      if (part.path("type").asText().equals(type)) {
        return true;
      }
    }
    return false;
  }

  private void add(Message message) {
    if (message.role() == Role.SYSTEM) {
      message.content().forEach(this::addSystem);
      return;
    }
    String role = message.role() == Role.ASSISTANT ? ASSISTANT : USER;
    if (role.equals(ASSISTANT) && turns.begins(role)) {
      blocks.turn();
    }
    for (Content part : message.content()) {
      ObjectNode block = blocks.block(message.role(), part);
      if (block != null) {
        turns.add(role, block, block.path("type").asText().equals("tool_result"));
      }
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
    ArrayNode parts = turns.last().parts();
    if (parts.path(parts.size() - 1) instanceof ObjectNode last
        && last.path("type").asText().equals("text")) {
      last.put("text", last.path("text").asText().stripTrailing());
    }
  }
}
