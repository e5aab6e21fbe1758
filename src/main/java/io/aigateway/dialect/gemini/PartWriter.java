package io.aigateway.dialect.gemini;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.chat.Content;
import io.aigateway.dialect.DocumentText;
import io.aigateway.dialect.Leftovers;
import io.aigateway.wire.Json;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What are text, pictures, files and sound in Gemini's parts?
 *
 * <p>Files that Gemini keeps itself are named by their address there. Any other address is handed
 * on only where the model fetches it, which those before 2.5 do not, and only with https, since the
 * gateway fetches nothing.
 *
 * <p>Source: https://ai.google.dev/gemini-api/docs/file-input-methods
 */
final class PartWriter {
  private static final String PROVIDER = "Gemini";
  private static final String BASE64 = ";base64,";
  private static final String FILES = "https://generativelanguage.googleapis.com/v1beta/";
  private static final Map<String, String> TYPES =
      Map.ofEntries(
          Map.entry("png", "image/png"),
          Map.entry("jpg", "image/jpeg"),
          Map.entry("jpeg", "image/jpeg"),
          Map.entry("webp", "image/webp"),
          Map.entry("heic", "image/heic"),
          Map.entry("heif", "image/heif"),
          Map.entry("gif", "image/gif"),
          Map.entry("pdf", "application/pdf"),
          Map.entry("txt", "text/plain"),
          Map.entry("html", "text/html"),
          Map.entry("csv", "text/csv"),
          Map.entry("mp4", "video/mp4"));

  private final Model model;

  PartWriter(Model model) {
    this.model = model;
  }

  /**
   * The part, or null when the text is empty, which Gemini refuses.
   *
   * @throws io.aigateway.error.RequestException 400 when Gemini has no word for the part
   */
  @Nullable ObjectNode part(Content part) {
    if (part instanceof Content.Text text) {
      return text(text.text());
    }
    if (part instanceof Content.Refusal refusal) {
      return text(refusal.text());
    }
    if (part instanceof Content.Image image) {
      return media(part, image.source(), "image/jpeg");
    }
    if (part instanceof Content.Document document) {
      String named =
          document.name() == null && document.context() == null ? null : DocumentText.of(document);
      return named != null ? text(named) : media(part, document.source(), "application/pdf");
    }
    if (part instanceof Content.SearchResult found) {
      return text(DocumentText.of(found));
    }
    if (part instanceof Content.Audio audio) {
      return inline("audio/" + audio.format().toLowerCase(Locale.ROOT), audio.base64());
    }
    if (part instanceof Content.Rest rest && rest.type().equals("video_url")) {
      return video(rest);
    }
    throw Leftovers.refused(part, PROVIDER);
  }

  /** What OpenAI's dialect has no part for, and many who speak it say alike. */
  private @Nullable ObjectNode video(Content.Rest rest) {
    String url = rest.value().at("/video_url/url").asText();
    int comma = url.indexOf(BASE64);
    if (url.startsWith("data:") && comma > 0) {
      return inline(url.substring(5, comma), url.substring(comma + BASE64.length()));
    }
    return media(rest, new Content.Source.Url(url), "video/mp4");
  }

  static @Nullable ObjectNode text(String text) {
    return text.isEmpty() ? null : Json.object().put("text", text);
  }

  private @Nullable ObjectNode media(Content part, Content.Source source, String otherwise) {
    if (source instanceof Content.Source.PlainText plain) {
      return text(plain.text());
    }
    if (source instanceof Content.Source.Base64 bytes) {
      return inline(bytes.mediaType(), bytes.data());
    }
    if (source instanceof Content.Source.FileId file && file.id().startsWith("files/")) {
      return file(FILES + file.id(), null);
    }
    if (source instanceof Content.Source.FileId file && file.id().startsWith(FILES)) {
      return file(file.id(), null);
    }
    if (source instanceof Content.Source.Url url) {
      String address = url.url();
      if (address.startsWith(FILES)) {
        return file(address, null);
      }
      if (model.fetches() && address.regionMatches(true, 0, "https://", 0, 8)) {
        return file(address, type(address, otherwise));
      }
    }
    throw Leftovers.refused(part, PROVIDER);
  }

  private static ObjectNode inline(String mediaType, String data) {
    ObjectNode part = Json.object();
    ObjectNode inline = part.putObject("inlineData");
    inline.put("mimeType", mediaType.equals("image/jpg") ? "image/jpeg" : mediaType);
    inline.put("data", data);
    return part;
  }

  private static ObjectNode file(String address, @Nullable String mediaType) {
    ObjectNode part = Json.object();
    ObjectNode file = part.putObject("fileData");
    if (mediaType != null) {
      file.put("mimeType", mediaType);
    }
    file.put("fileUri", address);
    return part;
  }

  private static String type(String address, String otherwise) {
    int end = address.length();
    for (char mark : new char[] {'?', '#'}) {
      int at = address.indexOf(mark);
      end = at < 0 ? end : Math.min(end, at);
    }
    String ending = address.substring(address.lastIndexOf('.', end - 1) + 1, end);
    return TYPES.getOrDefault(ending.toLowerCase(Locale.ROOT), otherwise);
  }
}
