package io.aigateway.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Citation;
import io.aigateway.chat.Citation.Kind;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.List;

/**
 * How are citations said in OpenAI's words? It knows pages of the web alone.
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat/object
 */
public final class Annotations {
  private static final String TYPE = "url_citation";

  private Annotations() {}

  /** Those of a message or a delta. */
  static List<Citation> read(JsonNode message) {
    List<Citation> all = new ArrayList<>(0);
    for (JsonNode annotation : message.path("annotations")) {
      JsonNode cited = annotation.path(TYPE);
      if (cited.isObject()) {
        all.add(
            new Citation(
                Kind.WEB,
                0,
                cited.path("start_index").asLong(),
                cited.path("end_index").asLong(),
                cited.path("content").asText(),
                cited.path("title").textValue(),
                cited.path("url").textValue()));
      }
    }
    return all;
  }

  /** Whether OpenAI has a word for it. */
  public static boolean says(Citation citation) {
    return citation.kind() == Kind.WEB && citation.address() != null;
  }

  /** One of them as chat completions have it. */
  static void write(JsonBytes json, Citation citation) {
    json.beginObject().field("type", TYPE).field(TYPE).beginObject();
    fields(json, citation);
    json.endObject().endObject();
  }

  /** One of them as responses have it. */
  public static void writeFlat(JsonBytes json, Citation citation) {
    json.beginObject().field("type", TYPE);
    fields(json, citation);
    json.endObject();
  }

  private static void fields(JsonBytes json, Citation citation) {
    String title = citation.title();
    String address = citation.address();
    json.field("start_index", citation.start())
        .field("end_index", citation.end())
        .field("title", title == null ? "" : title)
        .field("url", address == null ? "" : address);
  }
}
