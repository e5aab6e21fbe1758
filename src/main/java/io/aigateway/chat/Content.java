package io.aigateway.chat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One part of a message, in the order in which the speaker gave it. */
public sealed interface Content {

  /**
   * Plain text.
   *
   * @param citations where what an answer says stands in what the model was given
   * @param cacheControl the provider's own cache hint, kept as it was written
   */
  record Text(String text, List<Citation> citations, @Nullable JsonNode cacheControl)
      implements Content {
    public Text {
      citations = List.copyOf(citations);
    }

    public Text(String text, @Nullable JsonNode cacheControl) {
      this(text, List.of(), cacheControl);
    }

    public Text(String text) {
      this(text, List.of(), null);
    }
  }

  /** What a model says instead of an answer that it declines to give. */
  record Refusal(String text) implements Content {}

  /**
   * A picture.
   *
   * @param detail OpenAI's {@code low|high|auto}, or null
   */
  record Image(Source source, @Nullable String detail, @Nullable JsonNode cacheControl)
      implements Content {
    public Image(Source source, @Nullable String detail) {
      this(source, detail, null);
    }
  }

  /**
   * A file to read, such as a PDF.
   *
   * @param name its title, or its file name
   * @param context what the model shall know of it beside what it says
   * @param cited whether the answer shall tell what it took from where
   */
  record Document(
      Source source,
      @Nullable String name,
      @Nullable String context,
      boolean cited,
      @Nullable JsonNode cacheControl)
      implements Content {
    public Document(Source source, @Nullable String name, @Nullable JsonNode cacheControl) {
      this(source, name, null, false, cacheControl);
    }

    public Document(Source source, @Nullable String name) {
      this(source, name, null);
    }
  }

  /**
   * Something that the caller found, and from which the model may cite.
   *
   * @param source where it was found
   * @param texts its pieces
   * @param cited whether the answer shall tell what it took from it
   */
  record SearchResult(
      String source,
      String title,
      List<String> texts,
      boolean cited,
      @Nullable JsonNode cacheControl)
      implements Content {
    public SearchResult {
      texts = List.copyOf(texts);
    }
  }

  /** Spoken input; {@code format} is {@code wav}, {@code mp3}, … */
  record Audio(String base64, String format) implements Content {}

  /**
   * What the model thought before it answered.
   *
   * @param signature the provider's proof, to be given back unchanged to that provider only
   * @param redacted the encrypted text of a thought that may not be shown, or null
   */
  record Thinking(String text, @Nullable String signature, @Nullable String redacted)
      implements Content {}

  /**
   * A call that the model asks for.
   *
   * @param arguments JSON text as the model wrote it; it may be malformed, and is then passed on
   */
  record ToolCall(String id, String name, String arguments, @Nullable JsonNode cacheControl)
      implements Content {
    public ToolCall(String id, String name, String arguments) {
      this(id, name, arguments, null);
    }
  }

  /** What a tool answered to the call {@code id}. */
  record ToolResult(
      String id, List<Content> content, boolean error, @Nullable JsonNode cacheControl)
      implements Content {
    public ToolResult(String id, List<Content> content, boolean error) {
      this(id, content, error, null);
    }
  }

  /** A part that only its own dialect can say; other dialects drop it or refuse it by name. */
  record Rest(String dialect, String type, JsonNode value) implements Content {}

  /** Where the bytes of an {@link Image} or a {@link Document} are. */
  sealed interface Source {
    /** Bytes inside the message, standard base64 without a {@code data:} prefix. */
    record Base64(String mediaType, String data) implements Source {}

    /** An address that the provider itself must fetch. */
    record Url(String url) implements Source {}

    /** A file that was uploaded to the provider before. */
    record FileId(String id) implements Source {}

    /** Plain text given as a document. */
    record PlainText(String text) implements Source {}
  }
}
