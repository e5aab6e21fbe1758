package io.aigateway.chat;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One turn of the conversation. Tool results are messages of {@link Role#TOOL}, one a result. */
public record Message(Role role, List<Content> content, @Nullable String name) {
  public Message {
    content = List.copyOf(content);
  }

  public Message(Role role, List<Content> content) {
    this(role, content, null);
  }

  /** All text parts, joined as they stand. */
  public String text() {
    StringBuilder all = new StringBuilder();
    for (Content part : content) {
      if (part instanceof Content.Text text) {
        all.append(text.text());
      }
    }
    return all.toString();
  }
}
