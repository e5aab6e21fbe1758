package io.aigateway.dialect.bedrock;

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
  private static final String USER = "user";
  private static final String ASSISTANT = "assistant";

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
   * @throws RequestException 400 when a part can't be said, or nothing is left to send
   */
  Conversation(List<Message> messages, ModelFamily family) {
    this.family = family;
    this.blocks = new BlockWriter(family);
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
    if (turns.all().get(0).isOf(ASSISTANT)) {
      turns.addFirst(USER, Json.object().put("text", NOTHING));
    }
    for (Turns.Turn turn : turns.all()) {
      if (has(turn, "document") && !has(turn, "text")) {
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
    Turns.Turn said = turns.last(USER);
    if (said != null && family.caches()) {
      said.parts().add(BlockWriter.cachePoint(cacheControl));
    }
  }

  /** Whether a cache hint was left out. */
  boolean isCacheDropped() {
    return cacheDropped;
  }

  /** Whether the model goes on with words that the caller put into its mouth. */
  boolean isPrefilled() {
    return turns.last().isOf(ASSISTANT);
  }

  /**
   * Whether the model may think before the next turn: not when it goes on with its own words, and
   * not when it called tools without the thoughts that led to it (a caller of another dialect can't
   * give them back), because Claude refuses both.
   */
  boolean allowsThinking() {
    if (isPrefilled()) {
      return false;
    }
    Turns.Turn said = turns.last(ASSISTANT);
    return said == null || !has(said, "toolUse") || said.parts().path(0).has("reasoningContent");
  }

  private static boolean has(Turns.Turn turn, String type) {
    for (JsonNode part : turn.parts()) {
      if (part.has(type)) {
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

  /** Claude refuses an answer's beginning that ends in white space. */
  private void trimPrefill() {
    if (turns.isEmpty() || !isPrefilled()) {
      return;
    }
    ArrayNode parts = turns.last().parts();
    if (parts.path(parts.size() - 1) instanceof ObjectNode last && last.has("text")) {
      last.put("text", last.path("text").asText().stripTrailing());
    }
  }
}
