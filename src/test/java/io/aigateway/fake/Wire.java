package io.aigateway.fake;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** How one provider's API writes answers, streams and errors. Stateless. */
interface Wire {
  /** The dialect that a path belongs to, or null when the fake doesn't know the path. */
  static @Nullable Wire of(String path) {
    if (path.endsWith("/chat/completions")) {
      return OpenAiWire.INSTANCE;
    }
    if (path.endsWith("/messages")) {
      return AnthropicWire.INSTANCE;
    }
    return path.endsWith("/api/chat") ? OllamaWire.INSTANCE : null;
  }

  /** Whether a request that says nothing of {@code stream} gets one. */
  boolean streamsByDefault();

  String streamContentType();

  byte[] whole(Answer answer);

  Parts stream(Answer answer);

  /** The documented body of an error status. */
  byte[] error(int status, @Nullable String message);

  /** The event that reports an error inside a stream. */
  byte[] errorEvent(String message);

  /** One event whose JSON stops in the middle. */
  byte[] brokenEvent();

  /**
   * A stream in the order of the wire, one array an event.
   *
   * @param opening events before any content
   * @param content one event for each piece of the answer
   * @param closing the proper end
   */
  record Parts(List<byte[]> opening, List<byte[]> content, List<byte[]> closing) {}
}
