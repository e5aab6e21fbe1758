package io.aigateway.dialect.anthropic;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import java.util.Map;

/**
 * How does one talk to Anthropic's Messages API? Stateless, for all threads.
 *
 * <p>Source: https://docs.claude.com/en/api/messages
 */
public final class AnthropicProvider implements ProviderDialect {
  static final String NAME = "anthropic";
  static final String PATH = "/v1/messages";
  private static final String VERSION = "2023-06-01";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public boolean mayOmitEnd() {
    return false;
  }

  @Override
  public Framing framing() {
    return Framing.SERVER_SENT_EVENTS;
  }

  @Override
  public Map<String, String> headers(String credential) {
    return Map.of("x-api-key", credential, "anthropic-version", VERSION);
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    return new RequestWriter(request, defaults).write(PATH);
  }

  @Override
  public ChatReply read(byte[] body) {
    return ReplyReader.read(body);
  }

  @Override
  public EventReader events() {
    return new MessageEventReader();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return ErrorReader.read(body);
  }
}
