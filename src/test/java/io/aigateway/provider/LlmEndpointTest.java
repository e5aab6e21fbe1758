package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Timers;
import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import io.aigateway.dialect.azure.AzureProvider;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an endpoint's parameters make of a provider. */
class LlmEndpointTest {
  private static final String BY_REGION = "https://bedrock-runtime.<region>.amazonaws.com";

  private final Vertx vertx = Vertx.vertx();
  private final Providers providers = new Providers();
  private final SomewhereDialect somewhere = new SomewhereDialect();

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  @Test
  void regionStandsInTheAddressAndReachesTheDialect() {
    LlmEndpoint endpoint = endpoint("somewhere", BY_REGION);
    endpoint.setRegion("eu-west-1");

    Provider provider = made(endpoint);

    assertThat(provider.address().authority()).isEqualTo("bedrock-runtime.eu-west-1.amazonaws.com");
    assertThat(somewhere.places)
        .containsExactly(new Place("bedrock-runtime.eu-west-1.amazonaws.com", "eu-west-1", "", ""));
    assertThat(provider.configured()).isTrue();
  }

  @Test
  void addressThatLacksItsRegionIsNoAddress() {
    Provider provider = made(endpoint("somewhere", BY_REGION));

    assertThat(provider.configured()).isFalse();
    assertThat(somewhere.places).isEmpty();
  }

  @Test
  void addressOfOnesOwnNeedsNoRegion() {
    Provider provider = made(endpoint("somewhere", "http://localhost:9000/aws"));

    assertThat(provider.configured()).isTrue();
    assertThat(somewhere.places).containsExactly(new Place("localhost", "", "", ""));
  }

  @Test
  void providerIsOfferedAsSoonAsItsDialectIsReady() {
    Provider provider = made(endpoint("somewhere", "http://localhost:9000"));

    somewhere.ready = false;
    assertThat(provider.configured()).isFalse();
    somewhere.ready = true;
    assertThat(provider.configured()).isTrue();
  }

  @Test
  void versionOfTheApiReachesTheDialect() {
    LlmEndpoint endpoint = endpoint("azure", "https://x.openai.azure.com");
    endpoint.setApiVersion("2024-10-21");

    assertThat(made(endpoint).dialect().path("/chat/completions", "gpt-4o"))
        .isEqualTo("/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21");
  }

  @Test
  void variantReachesTheDialect() {
    LlmEndpoint endpoint = endpoint("somewhere", "http://localhost:9000");
    endpoint.setVariant("deepseek");

    made(endpoint);
    assertThat(somewhere.places).containsExactly(new Place("localhost", "", "", "deepseek"));
  }

  private LlmEndpoint endpoint(String dialect, String baseUrl) {
    LlmComponent component =
        new LlmComponent(
            vertx,
            providers,
            name -> "",
            List.of(somewhere, new AzureProvider()),
            List.of(),
            new LlmComponent.Limits(1 << 20, 3),
            new LlmComponent.Around(
                new Gates(System::nanoTime, Timers.ofEventLoops()),
                guarded -> {
                  throw new UnsupportedOperationException("one credential");
                }),
            ProxySettings.of(Map.of()),
            new WarmUpAddress(),
            System::nanoTime,
            Clock.systemUTC());
    LlmEndpoint endpoint = new LlmEndpoint("llm:p", component, "p");
    endpoint.setDialect(dialect);
    endpoint.setBaseUrl(baseUrl);
    return endpoint;
  }

  private Provider made(LlmEndpoint endpoint) {
    endpoint.createProducer();
    return Objects.requireNonNull(providers.find("p"));
  }

  /** Speaks as OpenAI does, and remembers where. */
  private static final class SomewhereDialect implements ProviderDialect {
    private final OpenAiProvider openai = new OpenAiProvider();
    private final List<Place> places = new ArrayList<>();
    private boolean ready = true;

    @Override
    public String name() {
      return "somewhere";
    }

    @Override
    public ProviderDialect at(Place place) {
      places.add(place);
      return this;
    }

    @Override
    public boolean isReady() {
      return ready;
    }

    @Override
    public Framing framing() {
      return openai.framing();
    }

    @Override
    public Map<String, String> headers(String credential) {
      return Map.of();
    }

    @Override
    public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
      return openai.write(request, defaults);
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
}
