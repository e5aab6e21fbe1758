package io.aigateway.dialect.anthropic;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Citation.Kind;
import io.aigateway.wire.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How are citations said in Anthropic's words?
 *
 * <p>Source: https://docs.claude.com/en/docs/build-with-claude/citations
 */
final class Citations {
  private Citations() {}

  /** Those of a text block; kinds that are not known are passed over. */
  static List<Citation> read(JsonNode list) {
    if (list.isEmpty()) {
      return List.of();
    }
    List<Citation> all = new ArrayList<>(list.size());
    for (JsonNode node : list) {
      Citation citation = one(node);
      if (citation != null) {
        all.add(citation);
      }
    }
    return all;
  }

  /** One of them, or null when its kind is not known. */
  static @Nullable Citation one(JsonNode node) {
    return switch (node.path("type").asText()) {
      case "char_location" ->
          read(node, Kind.CHARACTERS, "document", "start_char_index", "end_char_index");
      case "page_location" ->
          read(node, Kind.PAGES, "document", "start_page_number", "end_page_number");
      case "content_block_location" ->
          read(node, Kind.BLOCKS, "document", "start_block_index", "end_block_index");
      case "search_result_location" ->
          read(node, Kind.SEARCH_RESULT, "search_result", "start_block_index", "end_block_index");
      // where in the answer is not said: in all of the text that it belongs to
      case "web_search_result_location" ->
          new Citation(
              Kind.WEB,
              0,
              0,
              0,
              node.path("cited_text").asText(),
              node.path("title").textValue(),
              node.path("url").textValue());
      default -> null;
    };
  }

  private static Citation read(JsonNode node, Kind kind, String source, String start, String end) {
    boolean search = kind == Kind.SEARCH_RESULT;
    return new Citation(
        kind,
        node.path(source + "_index").asInt(),
        node.path(start).asLong(),
        node.path(end).asLong(),
        node.path("cited_text").asText(),
        node.path(search ? "title" : "document_title").textValue(),
        search ? node.path("source").textValue() : null);
  }

  /** Null when there are none that Anthropic has a word for. */
  static @Nullable ArrayNode list(List<Citation> citations) {
    if (citations.isEmpty()) {
      return null;
    }
    ArrayNode list = Json.array();
    for (Citation citation : citations) {
      ObjectNode node = node(citation);
      if (node != null) {
        list.add(node);
      }
    }
    return list.isEmpty() ? null : list;
  }

  /** Null for a page of the web: Anthropic cites only what its own search found. */
  static @Nullable ObjectNode node(Citation citation) {
    return switch (citation.kind()) {
      case CHARACTERS ->
          document(citation, "char_location")
              .put("start_char_index", citation.start())
              .put("end_char_index", citation.end());
      case PAGES ->
          document(citation, "page_location")
              .put("start_page_number", citation.start())
              .put("end_page_number", citation.end());
      case BLOCKS ->
          document(citation, "content_block_location")
              .put("start_block_index", citation.start())
              .put("end_block_index", citation.end());
      case SEARCH_RESULT ->
          typed(citation, "search_result_location")
              .put("search_result_index", citation.source())
              .put("source", citation.address() == null ? "" : citation.address())
              .put("title", citation.title())
              .put("start_block_index", citation.start())
              .put("end_block_index", citation.end());
      case WEB -> null;
    };
  }

  private static ObjectNode document(Citation citation, String type) {
    return typed(citation, type)
        .put("document_index", citation.source())
        .put("document_title", citation.title());
  }

  private static ObjectNode typed(Citation citation, String type) {
    return Json.object().put("type", type).put("cited_text", citation.passage());
  }
}
