package io.aigateway.provider;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import java.util.Map;

/** The dialect of the demo provider: none, since it speaks the neutral model and has no wire. */
final class DemoDialect implements ProviderDialect {
  static final String NAME = "demo";

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public Framing framing() {
    throw noWire();
  }

  @Override
  public boolean takesKey() {
    return false;
  }

  @Override
  public Map<String, String> headers(String credential) {
    return Map.of();
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    throw noWire();
  }

  @Override
  public ChatReply read(byte[] body) {
    throw noWire();
  }

  @Override
  public EventReader events() {
    throw noWire();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return ProviderError.UNKNOWN;
  }

  private static IllegalStateException noWire() {
    return new IllegalStateException("the demo provider has no wire");
  }
}
