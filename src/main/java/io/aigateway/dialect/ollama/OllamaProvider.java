package io.aigateway.dialect.ollama;

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
 * How does one talk to Ollama's native chat API? Stateless, for all threads.
 *
 * <p>Source: https://github.com/ollama/ollama/blob/main/docs/api.md
 */
public final class OllamaProvider implements ProviderDialect {
  private static final String PATH = "/api/chat";

  @Override
  public String name() {
    return "ollama";
  }

  @Override
  public Framing framing() {
    return Framing.NEWLINE_DELIMITED_JSON;
  }

  /** None for an empty credential: Ollama itself knows no keys, a proxy before it may. */
  @Override
  public Map<String, String> headers(String credential) {
    return credential.isEmpty() ? Map.of() : Map.of("authorization", "Bearer " + credential);
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    return new RequestWriter(request).write(PATH);
  }

  @Override
  public ChatReply read(byte[] body) {
    return ReplyReader.read(body);
  }

  @Override
  public EventReader events() {
    return new LineReader();
  }

  @Override
  public EmbeddingsDialect embeddings() {
    return new OllamaEmbeddings();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return ErrorReader.read(body);
  }
}
