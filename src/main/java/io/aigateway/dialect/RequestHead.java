package io.aigateway.dialect;

import java.util.List;

/**
 * What must be known of a request before it is routed, and where it stands in the body, so that a
 * dialect can change it in place.
 *
 * @param model the model asked for
 * @param stream whether the caller reads events
 * @param streamUsage whether the caller asked to see usage at the end of a stream
 * @param choices how many answers are wanted
 * @param modelSpans where the model's name stands, quotes included (several when the key is
 *     doubled)
 * @param streamOptions where the value of the last {@code stream_options} stands, or {@link
 *     Span#ABSENT}
 * @param includeUsage where the value of {@code include_usage} stands in it, or {@link Span#ABSENT}
 */
public record RequestHead(
    String model,
    boolean stream,
    boolean streamUsage,
    int choices,
    List<Span> modelSpans,
    Span streamOptions,
    Span includeUsage) {
  public RequestHead {
    modelSpans = List.copyOf(modelSpans);
  }

  /** A range of bytes in the body: from {@code start}, up to but not including {@code end}. */
  public record Span(int start, int end) {
    public static final Span ABSENT = new Span(-1, -1);

    public boolean isPresent() {
      return start >= 0;
    }
  }
}
