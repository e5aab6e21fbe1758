package io.aigateway.dialect.ollama;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Role;
import io.aigateway.dialect.DocumentText;
import io.aigateway.dialect.FailedResult;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.ToolInput;
import io.aigateway.wire.Json;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How are the messages of a conversation said to Ollama? Text, pictures and tool calls stand beside
 * each other in a message, without an order among them. One instance a request, one thread.
 */
final class MessageWriter {
  private static final String PROVIDER = "Ollama";

  private final ArrayNode messages = Json.array();
  private final Map<String, String> toolNames = new HashMap<>();

  /**
   * @throws io.aigateway.error.RequestException 400 when Ollama has no word for a part
   */
  ArrayNode write(List<Message> conversation) {
    for (Message message : conversation) {
      boolean results = false;
      Draft draft = new Draft();
      for (Content part : message.content()) {
        if (part instanceof Content.ToolResult result) {
          results = true;
          write(result);
        } else {
          read(message.role(), part, draft);
        }
      }
      if (!results || !draft.isEmpty()) {
        Role role = message.role() == Role.TOOL ? Role.USER : message.role();
        draft.write(role, messages.addObject());
      }
    }
    return messages;
  }

  private void write(Content.ToolResult result) {
    Draft draft = new Draft();
    for (Content part : result.content()) {
      read(Role.TOOL, part, draft);
    }
    if (result.error()) {
      String text = FailedResult.marked(draft.text.toString());
      draft.text.replace(0, draft.text.length(), text);
    }
    ObjectNode message = messages.addObject();
    draft.write(Role.TOOL, message);
    String name = toolNames.get(result.id());
    if (name != null) {
      message.put("tool_name", name);
    }
    message.put("tool_call_id", Signatures.bare(result.id()));
  }

  private void read(Role role, Content part, Draft draft) {
    if (part instanceof Content.Text text) {
      draft.text.append(text.text());
    } else if (part instanceof Content.Refusal refusal) {
      draft.text.append(refusal.text());
    } else if (part instanceof Content.Thinking thinking) {
      draft.thinking.append(thinking.text());
    } else if (part instanceof Content.ToolCall call) {
      draft.calls.add(call(call));
    } else if (part instanceof Content.Image image
        && image.source() instanceof Content.Source.Base64 bytes) {
      draft.images.add(bytes.data());
    } else if (part instanceof Content.Document document) {
      draft.text.append(text(document));
    } else if (part instanceof Content.SearchResult found) {
      draft.text.append(DocumentText.of(found));
    } else if (!(part instanceof Content.Rest) || role != Role.ASSISTANT) {
      // what another provider's model noted for itself is left out, all else would be missed
      throw Leftovers.refused(part, PROVIDER);
    }
  }

  private ObjectNode call(Content.ToolCall call) {
    toolNames.put(call.id(), call.name());
    ObjectNode node = Json.object();
    node.put("id", Signatures.bare(call.id()));
    ObjectNode function = node.putObject("function");
    function.put("name", call.name());
    function.set("arguments", ToolInput.of(call.arguments()));
    return node;
  }

  private static String text(Content.Document document) {
    String text = DocumentText.of(document);
    if (text == null) {
      throw Leftovers.refused(document, PROVIDER);
    }
    return text;
  }

  private static final class Draft {
    private final StringBuilder text = new StringBuilder();
    private final StringBuilder thinking = new StringBuilder();
    private final ArrayNode images = Json.array();
    private final ArrayNode calls = Json.array();

    boolean isEmpty() {
      return text.isEmpty() && thinking.isEmpty() && images.isEmpty() && calls.isEmpty();
    }

    void write(Role role, ObjectNode message) {
      message.put("role", role.name().toLowerCase(Locale.ROOT));
      message.put("content", text.toString());
      if (!thinking.isEmpty()) {
        message.put("thinking", thinking.toString());
      }
      if (!images.isEmpty()) {
        message.set("images", images);
      }
      if (!calls.isEmpty()) {
        message.set("tool_calls", calls);
      }
    }
  }
}
