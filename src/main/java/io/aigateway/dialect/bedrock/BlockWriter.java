package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.chat.Role;
import io.aigateway.dialect.DocumentText;
import io.aigateway.dialect.FailedResult;
import io.aigateway.dialect.Leftovers;
import io.aigateway.dialect.Signatures;
import io.aigateway.dialect.ToolIds;
import io.aigateway.dialect.ToolInput;
import io.aigateway.wire.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is a part of a message in Converse's blocks? One instance a request, one thread.
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
 */
final class BlockWriter {
  static final String PROVIDER = "Bedrock";

  private static final Map<String, String> IMAGES =
      Map.of(
          "image/png", "png",
          "image/jpeg", "jpeg",
          "image/jpg", "jpeg",
          "image/gif", "gif",
          "image/webp", "webp");
  private static final Map<String, String> DOCUMENTS =
      Map.of(
          "application/pdf", "pdf",
          "text/csv", "csv",
          "application/msword", "doc",
          "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "docx",
          "application/vnd.ms-excel", "xls",
          "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "xlsx",
          "text/html", "html",
          "text/markdown", "md");

  private final ModelFamily family;
  private final ToolIds ids = new ToolIds();
  private final DocumentNames names = new DocumentNames();

  BlockWriter(ModelFamily family) {
    this.family = family;
  }

  /** Says that another assistant turn begins. */
  void turn() {
    ids.turn();
  }

  /**
   * The block, or null when nothing may be left of the part: Bedrock refuses blank text, and
   * thoughts without their signature or with another provider's.
   *
   * @throws io.aigateway.error.RequestException 400 when Bedrock has no block for the part
   */
  @Nullable ObjectNode block(Role role, Content part) {
    if (part instanceof Content.Text text) {
      return text.citations().isEmpty() || !family.cites() || text.text().isBlank()
          ? text(text.text())
          : Citations.block(text.text(), text.citations());
    }
    if (part instanceof Content.Refusal refusal) {
      return text(refusal.text());
    }
    if (part instanceof Content.Image image) {
      if (role == Role.ASSISTANT) {
        throw Leftovers.unsupported("messages", PROVIDER + " takes no pictures that a model made");
      }
      return image(image);
    }
    if (part instanceof Content.Document document) {
      return document(document);
    }
    if (part instanceof Content.SearchResult found) {
      return family.cites() ? found(found) : text(DocumentText.of(found));
    }
    if (part instanceof Content.Thinking thinking) {
      return thinking(thinking);
    }
    if (part instanceof Content.ToolCall call) {
      ObjectNode use = Json.object();
      use.put("toolUseId", ids.call(call.id()));
      use.put("name", call.name());
      use.set("input", ToolInput.of(call.arguments()));
      return wrapped("toolUse", use);
    }
    if (part instanceof Content.ToolResult result) {
      return result(role, result);
    }
    if (part instanceof Content.Rest rest) {
      if (rest.dialect().equals(BedrockProvider.NAME) && rest.value() instanceof ObjectNode own) {
        return own;
      }
      if (role == Role.ASSISTANT) {
        return null; // what another provider's model noted for itself
      }
    }
    throw Leftovers.refused(part, PROVIDER);
  }

  /** The caller's cache hint of the part, or null. */
  static @Nullable JsonNode cacheControl(Content part) {
    if (part instanceof Content.Text text) {
      return text.cacheControl();
    }
    if (part instanceof Content.Image image) {
      return image.cacheControl();
    }
    if (part instanceof Content.Document document) {
      return document.cacheControl();
    }
    if (part instanceof Content.ToolCall call) {
      return call.cacheControl();
    }
    if (part instanceof Content.SearchResult found) {
      return found.cacheControl();
    }
    return part instanceof Content.ToolResult result ? cacheControl(result) : null;
  }

  /** Nothing may stand between the parts of a result, so that their hints hold for all of it. */
  private static @Nullable JsonNode cacheControl(Content.ToolResult result) {
    JsonNode hint = result.cacheControl();
    for (Content part : result.content()) {
      hint = hint == null ? cacheControl(part) : hint;
    }
    return hint;
  }

  /** What stands after a block, a tool or a system text that ends what is cached. */
  static ObjectNode cachePoint(JsonNode cacheControl) {
    ObjectNode point = Json.object().put("type", "default");
    String time = cacheControl.path("ttl").asText();
    if (time.equals("1h")) {
      point.put("ttl", time); // five minutes are the default, and older models know no other
    }
    return wrapped("cachePoint", point);
  }

  static @Nullable ObjectNode text(String text) {
    return text.isBlank() ? null : Json.object().put("text", text);
  }

  /** Whether a thought goes back to Claude: with its proof, and only if it is Claude's own. */
  static boolean keeps(Content.Thinking thinking) {
    String signature = thinking.signature();
    return thinking.redacted() != null
        || signature != null && !signature.isEmpty() && !Signatures.isMarked(signature);
  }

  private static @Nullable ObjectNode thinking(Content.Thinking thinking) {
    if (thinking.redacted() != null) {
      return wrapped("reasoningContent", Json.object().put("redactedContent", thinking.redacted()));
    }
    if (!keeps(thinking)) {
      return null;
    }
    ObjectNode text = Json.object();
    text.put("text", thinking.text());
    text.put("signature", thinking.signature());
    return wrapped("reasoningContent", wrapped("reasoningText", text));
  }

  private ObjectNode result(Role role, Content.ToolResult result) {
    ObjectNode node = Json.object();
    node.put("toolUseId", ids.result(result.id()));
    ArrayNode content = node.putArray("content");
    for (Content part : result.content()) {
      ObjectNode inner = block(role, part);
      if (inner != null) {
        content.add(inner);
      }
    }
    if (result.error()) {
      fail(node, content);
    }
    if (content.isEmpty()) {
      content.add(Json.object().put("text", "(empty)"));
    }
    return wrapped("toolResult", node);
  }

  /** Converse knows a status, but not all of its models do. */
  private void fail(ObjectNode result, ArrayNode content) {
    if (family.toolStatus()) {
      result.put("status", "error");
    } else if (content.path(0) instanceof ObjectNode first && first.has("text")) {
      first.put("text", FailedResult.marked(first.path("text").asText()));
    } else {
      content.insert(0, Json.object().put("text", FailedResult.marked("")));
    }
  }

  private static ObjectNode image(Content.Image image) {
    if (image.source() instanceof Content.Source.Base64 bytes) {
      String format = IMAGES.get(bytes.mediaType().toLowerCase(Locale.ROOT));
      if (format != null) {
        return wrapped("image", file(format, bytes.data()));
      }
    }
    throw Leftovers.refused(image, PROVIDER);
  }

  private static ObjectNode found(Content.SearchResult found) {
    ObjectNode node = Json.object();
    node.put("source", found.source()).put("title", found.title());
    ArrayNode content = node.putArray("content");
    found.texts().forEach(text -> content.addObject().put("text", text));
    if (found.cited()) {
      node.putObject("citations").put("enabled", true);
    }
    return wrapped("searchResult", node);
  }

  private ObjectNode document(Content.Document document) {
    ObjectNode file = null;
    if (document.source() instanceof Content.Source.PlainText plain) {
      byte[] text = plain.text().getBytes(StandardCharsets.UTF_8);
      file = file("txt", Base64.getEncoder().encodeToString(text));
    } else if (document.source() instanceof Content.Source.Base64 bytes) {
      String type = bytes.mediaType().toLowerCase(Locale.ROOT);
      String format = DOCUMENTS.getOrDefault(type, type.startsWith("text/") ? "txt" : null);
      file = format == null ? null : file(format, bytes.data());
    }
    if (file == null) {
      throw Leftovers.refused(document, PROVIDER);
    }
    file.put("name", names.next(document.name()));
    if (document.context() != null && !document.context().isBlank()) {
      file.put("context", document.context());
    }
    if (document.cited() && family.cites()) {
      file.putObject("citations").put("enabled", true);
    }
    return wrapped("document", file);
  }

  private static ObjectNode file(String format, String base64) {
    ObjectNode node = Json.object().put("format", format);
    node.set("source", Json.object().put("bytes", base64));
    return node;
  }

  private static ObjectNode wrapped(String type, ObjectNode value) {
    ObjectNode block = Json.object();
    block.set(type, value);
    return block;
  }
}
