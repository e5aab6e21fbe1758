package io.aigateway.dialect.gemini;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.EmbeddingsDialect;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import java.util.Map;

/**
 * How does one talk to Google's Gemini API? The base URL has the version in it. A stream has no end
 * mark of its own: it is complete when its answers are finished and the transport ended properly.
 * Stateless, for all threads.
 *
 * <p>Source: https://ai.google.dev/api/generate-content
 */
public final class GeminiProvider implements ProviderDialect {
  static final String NAME = "gemini";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Framing framing() {
    return Framing.SERVER_SENT_EVENTS;
  }

  /** None for an empty credential: a proxy before Gemini may bring its own. */
  @Override
  public Map<String, String> headers(String credential) {
    return credential.isEmpty() ? Map.of() : Map.of("x-goog-api-key", credential);
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    return new RequestWriter(request).write();
  }

  @Override
  public ChatReply read(byte[] body) {
    return ReplyReader.read(body);
  }

  @Override
  public EventReader events() {
    return new ChunkReader();
  }

  @Override
  public EmbeddingsDialect embeddings() {
    return new GeminiEmbeddings();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return ErrorReader.read(body);
  }
}
