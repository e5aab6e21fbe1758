package io.aigateway.dialect;

import io.aigateway.chat.ChatRequest;
import io.aigateway.chat.Content;
import io.aigateway.chat.Message;
import io.aigateway.chat.Tool;
import java.util.Collection;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Something inside a conversation that a provider may have no words for, and without which the
 * answer still means the same. What is left out is named to the caller.
 */
public enum Hint {
  /** What of the request the provider should keep for the next one. */
  CACHE("cache_control"),
  /** How closely a picture shall be looked at. */
  DETAIL("messages.image_url.detail"),
  /** What a file is called. */
  TITLE("messages.file.filename"),
  /** What is told of a document beside it. */
  CONTEXT("messages.document.context"),
  /** That the answer shall tell what it took from where, or that an earlier one did. */
  CITATIONS("messages.citations"),
  /** What the model thought in an earlier turn. */
  THOUGHTS("messages.reasoning_content");

  private final String label;

  Hint(String label) {
    this.label = label;
  }

  /** The name in OpenAI's words; callers of other dialects read it in theirs. */
  public String label() {
    return label;
  }

  /**
   * Adds the names of the hints in the request that the provider isn't told.
   *
   * @param said those that the provider has words for wherever they stand
   * @param kept whether what the model thought once is told
   */
  public static void name(
      ChatRequest request,
      Set<Hint> said,
      Predicate<Content.Thinking> kept,
      Collection<String> dropped) {
    Finder finder = new Finder(said, kept, dropped);
    for (Message message : request.messages()) {
      message.content().forEach(finder::look);
    }
    for (Tool tool : request.tools()) {
      finder.found(tool.cacheControl() != null, CACHE);
    }
  }

  /** The same for a part alone. */
  public static void name(Content part, Set<Hint> said, Collection<String> dropped) {
    new Finder(said, thought -> true, dropped).look(part);
  }

  private record Finder(
      Set<Hint> said, Predicate<Content.Thinking> kept, Collection<String> dropped) {
    void look(Content part) {
      if (part instanceof Content.Text text) {
        found(text.cacheControl() != null, CACHE);
        found(!text.citations().isEmpty(), CITATIONS);
      } else if (part instanceof Content.Image image) {
        found(image.cacheControl() != null, CACHE);
        // "auto" is what all do who aren't told
        found(image.detail() != null && !image.detail().equals("auto"), DETAIL);
      } else if (part instanceof Content.Document document) {
        found(document.cacheControl() != null, CACHE);
        // of text both are said before it
        boolean text = DocumentText.is(document);
        found(document.name() != null && !text, TITLE);
        found(document.context() != null && !text, CONTEXT);
        found(document.cited(), CITATIONS);
      } else if (part instanceof Content.SearchResult result) {
        found(result.cacheControl() != null, CACHE);
        found(result.cited(), CITATIONS);
      } else if (part instanceof Content.Thinking thought) {
        found(!thought.text().isBlank() && !kept.test(thought), THOUGHTS);
      } else if (part instanceof Content.ToolCall call) {
        found(call.cacheControl() != null, CACHE);
      } else if (part instanceof Content.ToolResult result) {
        found(result.cacheControl() != null, CACHE);
        result.content().forEach(this::look);
      }
    }

    void found(boolean there, Hint hint) {
      if (there && !said.contains(hint)) {
        dropped.add(hint.label());
      }
    }
  }
}
