package io.aigateway.dialect.azure;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.PathSegment;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.openai.OpenAiProvider;
import java.util.Map;
import java.util.Set;

/**
 * How does one talk to Azure OpenAI? In OpenAI's words, at an address that names the deployment,
 * which is the model name sent, and the date of the API; or, without a date, at the address of the
 * {@code v1} API. For all threads.
 *
 * <p>Source: https://learn.microsoft.com/azure/ai-foundry/openai/reference
 */
public final class AzureProvider implements ProviderDialect {
  private static final String NAME = "azure";
  private static final String V1 = "v1";

  private final OpenAiProvider openai = new OpenAiProvider();
  private final String apiVersion;

  /** The {@code v1} API. */
  public AzureProvider() {
    this(V1);
  }

  private AzureProvider(String apiVersion) {
    this.apiVersion = apiVersion;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ProviderDialect at(Place place) {
    return new AzureProvider(place.apiVersion().isEmpty() ? V1 : place.apiVersion());
  }

  @Override
  public Set<String> straightLines() {
    return openai.straightLines();
  }

  @Override
  public Framing framing() {
    return openai.framing();
  }

  @Override
  public Map<String, String> headers(String credential) {
    return Map.of("api-key", credential);
  }

  @Override
  public String path(String path, String model) {
    return apiVersion.equals(V1)
        ? "/openai/v1" + path
        : "/openai/deployments/"
            + PathSegment.of(model)
            + path
            + "?api-version="
            + PathSegment.of(apiVersion);
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    UpstreamRequest written = openai.write(request, defaults);
    return new UpstreamRequest(
        path(written.path(), request.model()), written.body(), written.dropped());
  }

  @Override
  public ChatReply read(byte[] body) {
    return openai.read(body);
  }

  @Override
  public EventReader events() {
    return openai.events();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return openai.error(status, body);
  }
}
