package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Role;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.ToolIds;
import io.aigateway.dialect.ToolInput;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/**
 * What is a part of a message in Anthropic's blocks? One instance a request, one thread.
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
final class BlockWriter {
  private static final String PROVIDER = "Anthropic";

  private final ToolIds ids = new ToolIds();

  /** Says that another assistant turn begins. */
  void turn() {
    ids.turn();
  }

  /**
   * The block, or null when nothing may be left of the part: Anthropic refuses blank text, and
   * thoughts without their signature or with another provider's.
   *
   * @throws io.aigateway.error.RequestException 400 when Anthropic has no block for the part
   */
  @Nullable ObjectNode block(Role role, Content part) {
    if (part instanceof Content.Text text) {
      return text(text);
    }
    if (part instanceof Content.Refusal refusal) {
      return text(new Content.Text(refusal.text()));
    }
    if (part instanceof Content.Image image) {
      if (role == Role.ASSISTANT) {
        throw Leftovers.unsupported("messages", PROVIDER + " takes no pictures that a model made");
      }
      ObjectNode block = typed("image");
      block.set("source", source(image, image.source()));
      return cached(block, image.cacheControl());
    }
    if (part instanceof Content.Document document) {
      return document(document);
    }
    if (part instanceof Content.SearchResult found) {
      return found(found);
    }
    if (part instanceof Content.Thinking thinking) {
      return thinking(thinking);
    }
    if (part instanceof Content.ToolCall call) {
      ObjectNode block = typed("tool_use");
      block.put("id", ids.call(call.id()));
      block.put("name", call.name());
      block.set("input", ToolInput.of(call.arguments()));
      return cached(block, call.cacheControl());
    }
    if (part instanceof Content.ToolResult result) {
      return result(role, result);
    }
    if (part instanceof Content.Rest rest) {
      if (rest.dialect().equals(AnthropicProvider.NAME) && rest.value() instanceof ObjectNode own) {
        return own;
      }
      if (role == Role.ASSISTANT) {
        return null; // what another provider's model noted for itself
      }
    }
    throw Leftovers.refused(part, PROVIDER);
  }

  private static @Nullable ObjectNode text(Content.Text text) {
    if (text.text().isBlank()) {
      return null;
    }
    ObjectNode block = typed("text");
    block.put("text", text.text());
    ArrayNode citations = Citations.list(text.citations());
    if (citations != null) {
      block.set("citations", citations);
    }
    return cached(block, text.cacheControl());
  }

  /** Whether a thought goes back to Claude: with its proof, and only if it is Claude's own. */
  static boolean keeps(Content.Thinking thinking) {
    String signature = thinking.signature();
    return thinking.redacted() != null
        || signature != null && !signature.isEmpty() && !Signatures.isMarked(signature);
  }

  private static @Nullable ObjectNode thinking(Content.Thinking thinking) {
    if (thinking.redacted() != null) {
      return typed("redacted_thinking").put("data", thinking.redacted());
    }
    if (!keeps(thinking)) {
      return null;
    }
    ObjectNode block = typed("thinking");
    block.put("thinking", thinking.text());
    return block.put("signature", thinking.signature());
  }

  private ObjectNode result(Role role, Content.ToolResult result) {
    ObjectNode block = typed("tool_result");
    block.put("tool_use_id", ids.result(result.id()));
    ArrayNode content = Json.array();
    for (Content part : result.content()) {
      ObjectNode inner = block(role, part);
      if (inner != null) {
        content.add(inner);
      }
    }
    if (!content.isEmpty()) {
      block.set("content", plain(content));
    }
    if (result.error()) {
      block.put("is_error", true);
    }
    return cached(block, result.cacheControl());
  }

  private static ObjectNode found(Content.SearchResult found) {
    ObjectNode block = typed("search_result");
    block.put("source", found.source()).put("title", found.title());
    ArrayNode content = block.putArray("content");
    found.texts().forEach(text -> content.add(typed("text").put("text", text)));
    if (found.cited()) {
      block.putObject("citations").put("enabled", true);
    }
    return cached(block, found.cacheControl());
  }

  private static ObjectNode document(Content.Document document) {
    ObjectNode block = typed("document");
    block.set("source", source(document, document.source()));
    if (document.name() != null && !document.name().isBlank()) {
      block.put("title", document.name());
    }
    if (document.context() != null && !document.context().isBlank()) {
      block.put("context", document.context());
    }
    if (document.cited()) {
      block.putObject("citations").put("enabled", true);
    }
    return cached(block, document.cacheControl());
  }

  /**
   * A picture that a model made. Claude makes none: its API has this block for what users show, and
   * its clients hand on what they don't know.
   */
  static ObjectNode picture(Content.Source source) {
    ObjectNode block = typed("image");
    block.set("source", source(new Content.Image(source, null), source));
    return block;
  }

  private static ObjectNode source(Content part, Content.Source source) {
    boolean document = part instanceof Content.Document;
    if (source instanceof Content.Source.Url url) {
      return typed("url").put("url", url.url());
    }
    if (source instanceof Content.Source.PlainText plain && document) {
      return plainText(plain.text());
    }
    if (source instanceof Content.Source.Base64 bytes) {
      String mediaType = bytes.mediaType();
      if (document && mediaType.startsWith("text/")) {
        return plainText(decoded(part, bytes.data()));
      }
      if (document && !mediaType.equals("application/pdf")) {
        throw Leftovers.refused(part, PROVIDER);
      }
      ObjectNode node = typed("base64");
      node.put("media_type", mediaType.equals("image/jpg") ? "image/jpeg" : mediaType);
      return node.put("data", bytes.data());
    }
    throw Leftovers.refused(part, PROVIDER);
  }

  private static ObjectNode plainText(String text) {
    ObjectNode node = typed("text");
    node.put("media_type", "text/plain");
    return node.put("data", text);
  }

  private static String decoded(Content part, String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Leftovers.refused(part, PROVIDER);
    }
  }

  /** One text without a cache hint as a string, else the blocks. */
  static JsonNode plain(ArrayNode blocks) {
    JsonNode only = blocks.size() == 1 ? blocks.get(0) : blocks;
    boolean text = only.path("type").asText().equals("text") && only.size() == 2;
    return text ? only.path("text") : blocks;
  }

  private static ObjectNode typed(String type) {
    return Json.object().put("type", type);
  }

  private static ObjectNode cached(ObjectNode block, @Nullable JsonNode cacheControl) {
    if (cacheControl != null) {
      block.set("cache_control", cacheControl);
    }
    return block;
  }
}
