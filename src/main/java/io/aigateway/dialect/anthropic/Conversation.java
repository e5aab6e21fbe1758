package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Turns;
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
  private final ArrayNode system = Json.array();
  private final Turns turns = new Turns();
  private final BlockWriter blocks = new BlockWriter();

  /**
   * @throws io.aigateway.error.RequestException 400 when a part can't be said, or nothing is left
   *     to send
   */
  Conversation(List<Message> messages) {
    for (Message message : messages) {
      add(message);
    }
    turns.complete(system);
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

  /** See {@link Turns#isPrefilled()}. */
  boolean isPrefilled() {
    return turns.isPrefilled();
  }

  /** See {@link Turns#allowsThinking}. */
  boolean allowsThinking() {
    return turns.allowsThinking(
        part -> type(part).equals("tool_use"),
        part -> type(part).equals("thinking") || type(part).equals("redacted_thinking"));
  }

  private static String type(JsonNode block) {
    return block.path("type").asText();
  }

  private void add(Message message) {
    if (message.role() == Role.SYSTEM) {
      message.content().forEach(this::addSystem);
      return;
    }
    String role = message.role() == Role.ASSISTANT ? Turns.ASSISTANT : Turns.USER;
    if (role.equals(Turns.ASSISTANT) && turns.begins(role)) {
      blocks.turn();
    }
    for (Content part : message.content()) {
      ObjectNode block = blocks.block(message.role(), part);
      if (block != null) {
        turns.add(role, block, type(block).equals("tool_result"));
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
}
