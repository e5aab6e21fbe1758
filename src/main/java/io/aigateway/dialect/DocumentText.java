package io.aigateway.dialect;

import io.aigateway.chat.Content;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** How is a document said to a provider that takes only text? For all threads. */
public final class DocumentText {
  private DocumentText() {}

  /** Whether the document is text, given plainly or as bytes. */
  public static boolean is(Content.Document document) {
    return document.source() instanceof Content.Source.PlainText
        || document.source() instanceof Content.Source.Base64 bytes
            && bytes.mediaType().startsWith("text/");
  }

  /**
   * Its text, after what it is called and what is told of it.
   *
   * @return null when the document is not text, or its bytes are not base64
   */
  public static @Nullable String of(Content.Document document) {
    String text = text(document.source());
    if (text == null || document.name() == null && document.context() == null) {
      return text;
    }
    StringBuilder all = new StringBuilder(text.length() + 64);
    for (String line : new String[] {document.name(), document.context()}) {
      if (line != null && !line.isBlank()) {
        all.append(line).append('\n');
      }
    }
    return all.append(all.isEmpty() ? "" : "\n").append(text).toString();
  }

  /** The text of something found, after what it is called and where it was found. */
  public static String of(Content.SearchResult found) {
    StringBuilder all = new StringBuilder();
    for (String line : new String[] {found.title(), found.source()}) {
      if (!line.isBlank()) {
        all.append(line).append('\n');
      }
    }
    all.append(all.isEmpty() ? "" : "\n");
    return all.append(String.join("\n", found.texts())).toString();
  }

  private static @Nullable String text(Content.Source source) {
    if (source instanceof Content.Source.Base64 file && Blobs.isToken(file.data())) {
      return null; // it begins as pictures do
    }
    if (source instanceof Content.Source.PlainText plain) {
      return plain.text();
    }
    if (source instanceof Content.Source.Base64 bytes && bytes.mediaType().startsWith("text/")) {
      try {
        return new String(Base64.getMimeDecoder().decode(bytes.data()), StandardCharsets.UTF_8);
      } catch (IllegalArgumentException e) {
        return null;
      }
    }
    return null;
  }
}
