package io.aigateway.dialect;

import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;

/** How does one talk to a caller of this dialect who wants vectors? Stateless, for all threads. */
public interface EmbeddingsCaller {
  /**
   * Checks that the body is one JSON object with the fields that every request needs, and finds
   * what routing needs.
   *
   * @throws io.aigateway.error.RequestException 400 naming the field in {@code param}
   */
  RequestHead head(byte[] body);

  /**
   * Reads the whole request.
   *
   * @throws io.aigateway.error.RequestException 400 naming the field in {@code param}
   */
  EmbedRequest read(byte[] body);

  /** Writes an answer in the form that {@code request} wants. */
  byte[] write(EmbedReply reply, EmbedRequest request, Envelope envelope);
}
