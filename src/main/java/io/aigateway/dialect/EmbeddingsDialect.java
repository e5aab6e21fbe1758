package io.aigateway.dialect;

import io.aigateway.embed.EmbedReply;
import io.aigateway.embed.EmbedRequest;

/** How does one ask a provider of this dialect for vectors? Stateless, for all threads. */
public interface EmbeddingsDialect {

  /**
   * Writes a request; {@code request.model()} is the name sent.
   *
   * @throws io.aigateway.error.RequestException 400 naming the parameter, when the provider can't
   *     do what the caller asks and leaving it out would change the meaning
   */
  UpstreamRequest write(EmbedRequest request);

  /**
   * Reads an answer.
   *
   * @throws MalformedReplyException when the body is not an answer of this dialect
   */
  EmbedReply read(byte[] body);
}
