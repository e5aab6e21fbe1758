package io.aigateway.dialect.openai;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Content;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How are pictures said that a model makes while it chats? OpenAI itself has no word for it; those
 * who offer such models in its dialect say {@code images} beside {@code content}.
 *
 * <p>Source: https://openrouter.ai/docs/features/multimodal/image-generation
 */
final class Pictures {
  private static final String FIELD = "images";
  private static final String BASE64 = ";base64,";

  private Pictures() {}

  /** Those of a message or a delta. */
  static List<Content.Source> read(JsonNode message) {
    JsonNode list = message.path(FIELD);
    if (list.isEmpty()) {
      return List.of();
    }
    List<Content.Source> all = new ArrayList<>(list.size());
    for (JsonNode image : list) {
      String url = image.path("image_url").path("url").asText();
      int data = url.indexOf(BASE64);
      if (Sources.isData(url) && data > 0) {
        String type = url.substring(5, data).toLowerCase(Locale.ROOT);
        all.add(new Content.Source.Base64(type, url.substring(data + BASE64.length())));
      } else if (!url.isEmpty()) {
        all.add(new Content.Source.Url(url));
      }
    }
    return all;
  }

  /** Writes them into the message or the delta that is open. */
  static void write(JsonBytes json, List<Content.Source> pictures) {
    json.field(FIELD).beginArray();
    int index = 0;
    for (Content.Source picture : pictures) {
      json.beginObject()
          .field("type", "image_url")
          .field("index", index++)
          .field("image_url")
          .beginObject()
          .field("url", url(picture))
          .endObject()
          .endObject();
    }
    json.endArray();
  }

  private static String url(Content.Source picture) {
    if (picture instanceof Content.Source.Base64 bytes) {
      return "data:" + bytes.mediaType() + BASE64 + bytes.data();
    }
    return picture instanceof Content.Source.Url address ? address.url() : "";
  }
}
