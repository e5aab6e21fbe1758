package io.aigateway.dialect.bedrock;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Citation.Kind;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How are citations said in Converse's words?
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html
 */
final class Citations {
  private static final Map<Kind, String> PLACES =
      Map.of(
          Kind.CHARACTERS, "documentChar",
          Kind.PAGES, "documentPage",
          Kind.BLOCKS, "documentChunk",
          Kind.SEARCH_RESULT, "searchResultLocation",
          Kind.WEB, "web");

  private Citations() {}

  static List<Citation> read(JsonNode list) {
    List<Citation> all = new ArrayList<>(list.size());
    for (JsonNode node : list) {
      Citation citation = one(node);
      if (citation != null) {
        all.add(citation);
      }
    }
    return all;
  }

  /** Null for a place of a kind that is not known. */
  static @Nullable Citation one(JsonNode node) {
    JsonNode location = node.path("location");
    for (Map.Entry<Kind, String> place : PLACES.entrySet()) {
      JsonNode at = location.path(place.getValue());
      if (at.isObject()) {
        return read(node, place.getKey(), at);
      }
    }
    return null;
  }

  private static Citation read(JsonNode node, Kind kind, JsonNode at) {
    StringBuilder passage = new StringBuilder();
    node.path("sourceContent").forEach(piece -> passage.append(piece.path("text").asText()));
    return new Citation(
        kind,
        at.path(index(kind)).asInt(),
        at.path("start").asLong(),
        at.path("end").asLong(),
        passage.toString(),
        node.path("title").textValue(),
        kind == Kind.WEB ? at.path("url").textValue() : node.path("source").textValue());
  }

  private static String index(Kind kind) {
    return kind == Kind.SEARCH_RESULT ? "searchResultIndex" : "documentIndex";
  }

  /** A block of text with what it rests on. */
  static ObjectNode block(String text, List<Citation> citations) {
    ObjectNode content = Json.object();
    content.putArray("content").addObject().put("text", text);
    ArrayNode list = content.putArray("citations");
    citations.forEach(citation -> list.add(node(citation)));
    ObjectNode block = Json.object();
    block.set("citationsContent", content);
    return block;
  }

  private static ObjectNode node(Citation citation) {
    ObjectNode node = Json.object();
    if (citation.title() != null) {
      node.put("title", citation.title());
    }
    if (citation.kind() == Kind.SEARCH_RESULT && citation.address() != null) {
      node.put("source", citation.address());
    }
    node.putArray("sourceContent").addObject().put("text", citation.passage());
    ObjectNode at = node.putObject("location").putObject(PLACES.get(citation.kind()));
    if (citation.kind() == Kind.WEB) {
      at.put("url", citation.address());
    } else {
      at.put(index(citation.kind()), citation.source());
      at.put("start", citation.start()).put("end", citation.end());
    }
    return node;
  }
}
