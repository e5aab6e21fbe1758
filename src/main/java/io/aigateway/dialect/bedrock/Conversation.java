package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Turns;
import io.aigateway.wire.Json;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * What are a conversation's system text and its turns? All system messages become one system text,
 * wherever they stand; messages of one side in a row become one turn, the user has the first, and
 * all results of a turn's tool calls are in the one turn after it, and first in it. One instance a
 * request, one thread.
 */
final class Conversation {
  /** Stands where Bedrock demands words and the caller has none. */
  private static final String NOTHING = ".";

  private final ModelFamily family;
  private final ArrayNode system = Json.array();
  private final Turns turns = new Turns();
  private final BlockWriter blocks;
  private final Set<String> called = new LinkedHashSet<>();
  private boolean answered;
  private boolean cacheDropped;

  /**
   * @throws io.aigateway.error.RequestException 400 when a part can't be said, or nothing is left
   *     to send
   */
  Conversation(List<Message> messages, ModelFamily family) {
    this.family = family;
    this.blocks = new BlockWriter(family);
    for (Message message : messages) {
      add(message);
    }
    turns.complete(system);
    if (turns.all().get(0).isOf(Turns.ASSISTANT)) {
      turns.addFirst(Turns.USER, Json.object().put("text", NOTHING));
    }
    for (Turns.Turn turn : turns.all()) {
      if (turn.has(part -> part.has("document")) && !turn.has(part -> part.has("text"))) {
        turn.parts().add(Json.object().put("text", NOTHING));
      }
    }
  }

  /** Adds to the end of the system text. */
  void instruct(String text) {
    system.add(Json.object().put("text", text));
  }

  ArrayNode system() {
    return system;
  }

  ArrayNode messages() {
    return turns.messages(content -> content);
  }

  /** Whether tools were called or have answered: Bedrock wants to hear of tools then. */
  boolean usesTools() {
    return answered || !called.isEmpty();
  }

  /** The names of the tools that were called. */
  Set<String> called() {
    return called;
  }

  /** Says that all up to the end of what the user said last shall be kept. */
  void cacheAll(JsonNode cacheControl) {
    Turns.Turn said = turns.last(Turns.USER);
    if (said != null && family.caches()) {
      said.parts().add(BlockWriter.cachePoint(cacheControl));
    }
  }

  /** Whether a cache hint was left out. */
  boolean isCacheDropped() {
    return cacheDropped;
  }

  /** See {@link Turns#isPrefilled()}. */
  boolean isPrefilled() {
    return turns.isPrefilled();
  }

  /** See {@link Turns#allowsThinking}. */
  boolean allowsThinking() {
    return turns.allowsThinking(part -> part.has("toolUse"), part -> part.has("reasoningContent"));
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
      add(message.role(), part, role);
    }
  }

  private void add(Role speaker, Content part, String role) {
    ObjectNode block = blocks.block(speaker, part);
    if (block == null) {
      return;
    }
    boolean result = part instanceof Content.ToolResult;
    answered |= result;
    if (part instanceof Content.ToolCall call) {
      called.add(call.name());
    }
    addCachePoint(turns.add(role, block, result), part);
  }

  private void addSystem(Content part) {
    if (part instanceof Content.Rest rest && rest.dialect().equals(BedrockProvider.NAME)) {
      system.add(rest.value());
      return;
    }
    if (!(part instanceof Content.Text || part instanceof Content.Refusal)) {
      throw Leftovers.refused(part, "Bedrock's system text");
    }
    ObjectNode block = blocks.block(Role.SYSTEM, part);
    if (block != null) {
      system.add(block);
      addCachePoint(system, part);
    }
  }

  private void addCachePoint(ArrayNode to, Content part) {
    JsonNode cacheControl = BlockWriter.cacheControl(part);
    if (cacheControl == null || cacheControl.isNull()) {
      return;
    }
    if (family.caches()) {
      to.add(BlockWriter.cachePoint(cacheControl));
    } else {
      cacheDropped = true;
    }
  }
}
