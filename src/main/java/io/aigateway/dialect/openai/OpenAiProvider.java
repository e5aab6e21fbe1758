package io.aigateway.dialect.openai;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import java.util.Map;
import java.util.Set;

/**
 * How does one talk to a provider that offers OpenAI's chat completions?
 *
 * <p>Source: https://platform.openai.com/docs/api-reference/chat
 */
public final class OpenAiProvider implements ProviderDialect {
  private final Variant variant;

  /** Without words of anybody else. */
  public OpenAiProvider() {
    this(Variant.OPENAI);
  }

  private OpenAiProvider(Variant variant) {
    this.variant = variant;
  }

  @Override
  public ProviderDialect at(Place place) {
    return new OpenAiProvider(Variant.of(place.variant()));
  }

  @Override
  public String name() {
    return OpenAiCaller.NAME;
  }

  /** Chats and vectors; what else the provider serves is for its YAML to say. */
  @Override
  public Set<String> straightLines() {
    return Set.of(OpenAiCaller.NAME, Operation.EMBEDDINGS.label());
  }

  @Override
  public Framing framing() {
    return Framing.SERVER_SENT_EVENTS;
  }

  @Override
  public Map<String, String> headers(String credential) {
    return credential.isEmpty() ? Map.of() : Map.of("authorization", "Bearer " + credential);
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    return RequestWriter.write(request, variant);
  }

  @Override
  public ChatReply read(byte[] body) {
    return ReplyReader.read(body, variant);
  }

  @Override
  public EventReader events() {
    return new ChunkReader(variant);
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return Errors.read(body);
  }
}
