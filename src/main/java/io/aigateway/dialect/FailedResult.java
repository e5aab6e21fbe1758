package io.aigateway.dialect;

/**
 * How does a provider without a word for it hear that a tool failed? By the beginning of what the
 * tool said, where models look for it. For all threads.
 */
public final class FailedResult {
  private static final String MARK = "Error";

  private FailedResult() {}

  /** What the tool said, with the mark before it unless it begins so itself. */
  public static String marked(String text) {
    if (text.regionMatches(true, 0, MARK, 0, MARK.length())) {
      return text;
    }
    return text.isBlank() ? MARK : MARK + ": " + text;
  }
}
