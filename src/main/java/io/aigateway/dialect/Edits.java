package io.aigateway.dialect;

import io.aigateway.dialect.RequestHead.Span;
import io.aigateway.wire.JsonBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;

/**
 * What changes in a body whose other bytes stay as they are? Ranges must not overlap. One thread.
 */
public final class Edits {
  private final byte[] body;
  private final List<Edit> all = new ArrayList<>(2);

  /** Bytes that stand in place of a range. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Edit(int start, int end, byte[] text) {}

  public Edits(byte[] body) {
    this.body = body;
  }

  /** Puts another model name wherever the model is named. */
  public Edits rename(RequestHead head, String model) {
    List<Span> spans = head.modelSpans();
    // The last of doubled keys is the one that counts, but a provider may read another.
    if (head.model().equals(model) && spans.size() == 1) {
      return this;
    }
    byte[] name = new JsonBytes(model.length() + 16).value(model).toBytes();
    for (Span span : spans) {
      if (!Arrays.equals(body, span.start(), span.end(), name, 0, name.length)) {
        replace(span.start(), span.end(), name);
      }
    }
    return this;
  }

  /** Puts {@code text} in place of the bytes from {@code start} up to {@code end}. */
  public Edits replace(int start, int end, byte[] text) {
    all.add(new Edit(start, end, text));
    return this;
  }

  /** The changed body; the very same array when nothing changed. */
  public byte[] apply() {
    if (all.isEmpty()) {
      return body;
    }
    all.sort(Comparator.comparingInt(Edit::start));
    int size = body.length;
    for (Edit edit : all) {
      size += edit.text().length - (edit.end() - edit.start());
    }
    byte[] edited = new byte[size];
    int from = 0;
    int to = 0;
    for (Edit edit : all) {
      int kept = edit.start() - from;
      System.arraycopy(body, from, edited, to, kept);
      System.arraycopy(edit.text(), 0, edited, to + kept, edit.text().length);
      to += kept + edit.text().length;
      from = edit.end();
    }
    System.arraycopy(body, from, edited, to, body.length - from);
    return edited;
  }
}
