package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.DocumentText;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.ToolInput;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What are a conversation's system instruction and its turns? All system messages become one
 * instruction, wherever they stand; messages of one side in a row become one turn; the results of
 * tool calls stand first in the turn after the calls. Signatures of Gemini's own go back to where
 * they came from, those of others are left out. One instance a request, one thread.
 */
final class Conversation {
  private static final String USER = "user";
  private static final String MODEL = "model";
  private static final String SIGNATURE = "thoughtSignature";

  /** What Gemini 3 takes instead of the signature of a call that another model made. */
  private static final String NO_SIGNATURE = "skip_thought_signature_validator";

  private final Model model;
  private final PartWriter parts;
  private final ArrayNode system = Json.array();
  private final List<Turn> turns = new ArrayList<>();
  private final Map<String, String> toolNames = new HashMap<>();

  /**
   * @throws RequestException 400 when a part can't be said, or nothing is left to send
   */
  Conversation(List<Message> messages, Model model) {
    this.model = model;
    this.parts = new PartWriter(model);
    for (Message message : messages) {
      add(message);
    }
    turns.forEach(Turn::flush);
    turns.removeIf(Turn::isEmpty);
    if (turns.isEmpty() && !system.isEmpty()) {
      // Gemini needs a turn: instructions alone are what the user says
      Turn turn = new Turn(USER);
      turn.parts.addAll(system);
      system.removeAll();
      turns.add(turn);
    }
    if (turns.isEmpty()) {
      throw new RequestException(
          ApiError.invalid("messages", "messages must have at least one that is not empty"));
    }
  }

  /** Adds to the end of the system instruction. */
  void instruct(String text) {
    system.add(Json.object().put("text", text));
  }

  /** Null when there is none. */
  @Nullable JsonNode system() {
    if (system.isEmpty()) {
      return null;
    }
    ObjectNode node = Json.object();
    node.set("parts", system);
    return node;
  }

  ArrayNode contents() {
    ArrayNode all = Json.array();
    for (Turn turn : turns) {
      ObjectNode content = all.addObject();
      content.put("role", turn.role);
      content.set("parts", turn.all());
    }
    return all;
  }

  private void add(Message message) {
    if (message.role() == Role.SYSTEM) {
      message.content().forEach(this::addSystem);
      return;
    }
    Turn turn = turn(message.role() == Role.ASSISTANT ? MODEL : USER);
    for (Content part : message.content()) {
      if (part instanceof Content.ToolResult result) {
        addResult(turn, result);
      } else if (message.role() == Role.ASSISTANT) {
        addSpoken(turn, part);
      } else {
        turn.add(parts.part(part));
      }
    }
  }

  private Turn turn(String role) {
    Turn last = turns.isEmpty() ? null : turns.get(turns.size() - 1);
    if (last == null || !last.role.equals(role)) {
      last = new Turn(role);
      turns.add(last);
    }
    return last;
  }

  private void addSystem(Content part) {
    if (!(part instanceof Content.Text || part instanceof Content.Refusal)) {
      throw Leftovers.refused(part, "Gemini's system instruction");
    }
    ObjectNode text = parts.part(part);
    if (text != null) {
      system.add(text);
    }
  }

  private void addSpoken(Turn turn, Content part) {
    if (part instanceof Content.Thinking thinking) {
      addThought(turn, thinking);
    } else if (part instanceof Content.ToolCall call) {
      addCall(turn, call);
    } else if (part instanceof Content.Rest rest) {
      // what another provider's model noted for itself is left out
      if (rest.dialect().equals(GeminiProvider.NAME) && rest.value() instanceof ObjectNode own) {
        turn.add(own);
      }
    } else {
      turn.add(parts.part(part));
    }
  }

  /** Whether a thought goes back to Gemini: with its proof, and only if it is Gemini's own. */
  static boolean keeps(Content.Thinking thinking) {
    return Signatures.own(GeminiProvider.NAME, thinking.signature()) != null;
  }

  private static void addThought(Turn turn, Content.Thinking thinking) {
    if (!keeps(thinking)) {
      return;
    }
    if (!thinking.text().isBlank()) {
      turn.flush();
      turn.parts.add(Json.object().put("thought", true).put("text", thinking.text()));
    }
    turn.sign(Signatures.own(GeminiProvider.NAME, thinking.signature()));
  }

  private void addCall(Turn turn, Content.ToolCall call) {
    String id = Signatures.bare(call.id());
    toolNames.put(id, call.name());
    String signature = Signatures.sealedIn(call.id(), GeminiProvider.NAME);
    ObjectNode part = Json.object();
    ObjectNode node = part.putObject("functionCall");
    if (!id.isEmpty()) {
      node.put("id", id);
    }
    node.put("name", call.name());
    node.set("args", ToolInput.of(call.arguments()));
    if (signature != null) {
      part.put(SIGNATURE, signature);
    }
    turn.add(part);
    // only the first of a turn's calls has, and needs, a signature
    if (model.isThird() && !turn.calls && !part.has(SIGNATURE)) {
      part.put(SIGNATURE, NO_SIGNATURE);
    }
    turn.calls = true;
  }

  private void addResult(Turn turn, Content.ToolResult result) {
    String id = Signatures.bare(result.id());
    StringBuilder text = new StringBuilder();
    List<ObjectNode> shown = new ArrayList<>();
    for (Content piece : result.content()) {
      if (piece instanceof Content.Text words) {
        text.append(words.text());
      } else if (piece instanceof Content.SearchResult found) {
        text.append(DocumentText.of(found));
      } else {
        ObjectNode part = parts.part(piece);
        if (part != null) {
          shown.add(part);
        }
      }
    }
    String name = toolNames.get(id);
    if (name == null) {
      // Gemini refuses an answer to a call that nobody made
      turn.add(PartWriter.text("Result of the tool call " + id + ": " + text));
    } else {
      ObjectNode part = Json.object();
      ObjectNode node = part.putObject("functionResponse");
      if (!id.isEmpty()) {
        node.put("id", id);
      }
      node.put("name", name);
      // as text also where it is JSON, whose numbers Gemini would round
      node.putObject("response").put(result.error() ? "error" : "output", text.toString());
      turn.results.add(part);
    }
    // a result can't hold files, the turn around it can
    shown.forEach(turn::add);
  }

  private static final class Turn {
    private final String role;
    private final ArrayNode results = Json.array();
    private final ArrayNode parts = Json.array();
    private boolean calls;
    private @Nullable String signature;

    Turn(String role) {
      this.role = role;
    }

    /** A signature belongs to the part after it. */
    void sign(@Nullable String next) {
      if (next != null) {
        flush();
        signature = next;
      }
    }

    void add(@Nullable ObjectNode part) {
      if (part == null) {
        return;
      }
      if (part.has(SIGNATURE)) {
        flush();
      } else if (signature != null) {
        part.put(SIGNATURE, signature);
        signature = null;
      }
      parts.add(part);
    }

    /** A signature may also come after all else, with nothing to hold it. */
    void flush() {
      if (signature != null) {
        parts.add(Json.object().put("text", "").put(SIGNATURE, signature));
        signature = null;
      }
    }

    boolean isEmpty() {
      return results.isEmpty() && parts.isEmpty();
    }

    ArrayNode all() {
      return results.isEmpty() ? parts : Json.array().addAll(results).addAll(parts);
    }
  }
}
