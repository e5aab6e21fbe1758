package io.aigateway.dialect.openai;

import static io.aigateway.dialect.RequestBody.invalid;

import io.aigateway.chat.Content;
import java.util.Locale;

/** Where are the bytes that an address of OpenAI's dialect names? */
public final class Sources {
  private Sources() {}

  /** Whether the bytes are in the address itself. */
  public static boolean isData(String url) {
    return url.regionMatches(true, 0, "data:", 0, 5);
  }

  /**
   * Source: https://www.rfc-editor.org/rfc/rfc2397
   *
   * @param at the field's name
   * @throws io.aigateway.error.RequestException 400 naming the field, for a data URL that is none
   */
  public static Content.Source of(String url, String at) {
    if (!isData(url)) {
      return new Content.Source.Url(url);
    }
    int comma = url.indexOf(',');
    if (comma < 0) {
      throw invalid(at, "The data URL has no comma before its data.");
    }
    String[] head = url.substring(5, comma).split(";", -1);
    if (!head[head.length - 1].trim().equalsIgnoreCase("base64")) {
      throw invalid(at, "The data URL must be base64: data:<media type>;base64,<data>.");
    }
    String type = head[0].trim().toLowerCase(Locale.ROOT);
    if (type.indexOf('/') < 1) {
      throw invalid(at, "The data URL must name its media type: data:<media type>;base64,<data>.");
    }
    return new Content.Source.Base64(type, url.substring(comma + 1));
  }

  /** A file's bytes: a data URL, an address, or bare base64, which is a PDF. */
  public static Content.Source file(String data, String at) {
    boolean plain = !isData(data) && !data.startsWith("http");
    return plain ? new Content.Source.Base64("application/pdf", data) : of(data, at);
  }
}
