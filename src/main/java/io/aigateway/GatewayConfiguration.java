package io.aigateway;

import io.aigateway.auth.Authenticate;
import io.aigateway.auth.KeyDirectory;
import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.BreakerProcessorFactory;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.Caller;
import io.aigateway.call.Timers;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.PassThrough;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.anthropic.AnthropicCaller;
import io.aigateway.dialect.anthropic.AnthropicPassThrough;
import io.aigateway.dialect.anthropic.AnthropicProvider;
import io.aigateway.dialect.azure.AzureProvider;
import io.aigateway.dialect.bedrock.AwsCredentials;
import io.aigateway.dialect.bedrock.BedrockProvider;
import io.aigateway.dialect.gemini.GeminiProvider;
import io.aigateway.dialect.mistral.MistralProvider;
import io.aigateway.dialect.ollama.OllamaProvider;
import io.aigateway.dialect.openai.CompletionsCaller;
import io.aigateway.dialect.openai.EmbeddingsPassThrough;
import io.aigateway.dialect.openai.JsonPassThrough;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiPassThrough;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.dialect.openai.SpeechPassThrough;
import io.aigateway.dialect.openai.TranscriptionPassThrough;
import io.aigateway.dialect.responses.ResponsesCaller;
import io.aigateway.dialect.responses.ResponsesPassThrough;
import io.aigateway.endpoint.ApiDocument;
import io.aigateway.endpoint.Fallback;
import io.aigateway.endpoint.ListModels;
import io.aigateway.endpoint.ReadChat;
import io.aigateway.endpoint.Receive;
import io.aigateway.endpoint.Refuse;
import io.aigateway.endpoint.WarmUpToken;
import io.aigateway.endpoint.WriteChat;
import io.aigateway.endpoint.WriteError;
import io.aigateway.observe.AttemptMetrics;
import io.aigateway.observe.RequestMetrics;
import io.aigateway.observe.RouteMeters;
import io.aigateway.provider.Gates;
import io.aigateway.provider.LlmComponent;
import io.aigateway.provider.Providers;
import io.aigateway.provider.ProxySettings;
import io.aigateway.provider.WarmUpAddress;
import io.aigateway.reload.Front;
import io.aigateway.reload.LiveRoutes;
import io.aigateway.reload.RouteFiles;
import io.aigateway.reload.RouteLimits;
import io.aigateway.reload.Secrets;
import io.aigateway.reload.Workshop;
import io.aigateway.settings.Access;
import io.aigateway.settings.Secret;
import io.aigateway.settings.Settings;
import io.aigateway.targets.CredentialBreakers;
import io.aigateway.targets.Hedge;
import io.aigateway.targets.LeastLatency;
import io.aigateway.targets.Places;
import io.aigateway.targets.Sticky;
import io.aigateway.targets.TargetProcessorFactory;
import io.aigateway.targets.Tools;
import io.aigateway.tenant.Quota;
import io.aigateway.tenant.Tenant;
import io.aigateway.usage.Settle;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.component.resilience4j.ResilienceConstants;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.spi.RoutePolicyFactory;
import org.apache.camel.spring.spi.ApplicationContextBeanRepository;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Puts the gateway's parts together. The names of beans that routes call are an API. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(RouteLimits.class)
class GatewayConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger("io.aigateway.breaker");

  /** A whole answer, or one event, may be twice as large as a request. */
  private static final int REPLY_FACTOR = 2;

  // ---- time and randomness -------------------------------------------------------------------

  @Bean
  Clock clock() {
    return Clock.systemUTC();
  }

  @Bean
  LongSupplier nanoClock() {
    return System::nanoTime;
  }

  @Bean
  Supplier<String> requestIds() {
    HexFormat hex = HexFormat.of();
    return () -> {
      ThreadLocalRandom random = ThreadLocalRandom.current();
      return hex.toHexDigits(random.nextLong()) + hex.toHexDigits(random.nextLong());
    };
  }

  @Bean
  WarmUpToken warmUpToken() {
    return new WarmUpToken(() -> UUID.randomUUID().toString());
  }

  @Bean
  WarmUpAddress warmUpAddress() {
    return new WarmUpAddress();
  }

  // ---- dialects and providers ----------------------------------------------------------------

  @Bean
  OpenAiCaller openAiCaller() {
    return new OpenAiCaller();
  }

  @Bean
  AnthropicCaller anthropicCaller() {
    return new AnthropicCaller();
  }

  @Bean
  ResponsesCaller responsesCaller() {
    return new ResponsesCaller();
  }

  @Bean
  CompletionsCaller completionsCaller() {
    return new CompletionsCaller();
  }

  @Bean
  List<PassThrough> passThroughs() {
    List<PassThrough> lines = new ArrayList<>(JsonPassThrough.all());
    lines.add(new AnthropicPassThrough());
    lines.add(new OpenAiPassThrough());
    lines.add(OpenAiPassThrough.completions());
    lines.add(new EmbeddingsPassThrough());
    lines.add(new ResponsesPassThrough());
    lines.add(new SpeechPassThrough());
    lines.add(new TranscriptionPassThrough());
    return lines;
  }

  @Bean
  Providers providers() {
    return new Providers();
  }

  @Bean(destroyMethod = "close")
  Vertx vertx() {
    return Vertx.vertx(
        new VertxOptions()
            .setPreferNativeTransport(true)
            // all threads have the same class loader; setting it costs at every event
            .setDisableTCCL(true)
            .setEventLoopPoolSize(Runtime.getRuntime().availableProcessors())
            .setBlockedThreadCheckInterval(100)
            .setBlockedThreadCheckIntervalUnit(TimeUnit.MILLISECONDS)
            .setMaxEventLoopExecuteTime(200)
            .setMaxEventLoopExecuteTimeUnit(TimeUnit.MILLISECONDS)
            .setWarningExceptionTime(1)
            .setWarningExceptionTimeUnit(TimeUnit.SECONDS));
  }

  @Bean
  AwsCredentials awsCredentials(Clock clock) {
    return AwsCredentials.ofDefaultChain(clock);
  }

  @Bean
  Timers timers() {
    return Timers.ofEventLoops();
  }

  @Bean
  Gates gates(LongSupplier nanoClock, Timers timers) {
    return new Gates(nanoClock, timers);
  }

  /** The dialects in which providers are asked. */
  @Bean
  List<ProviderDialect> providerDialects(AwsCredentials awsCredentials) {
    return List.of(
        new OpenAiProvider(),
        new AnthropicProvider(),
        new OllamaProvider(),
        new GeminiProvider(),
        new MistralProvider(),
        new AzureProvider(),
        new BedrockProvider(awsCredentials));
  }

  // ---- breakers ------------------------------------------------------------------------------

  @Bean
  Breakers breakers(LongSupplier nanoClock, Settings settings) {
    return new Breakers(
        nanoClock,
        settings.identity().podName(),
        (name, from, to, why) -> {
          if (to == Breaker.State.OPEN || to == Breaker.State.FORCED_OPEN) {
            LOG.warn("breaker {} {} -> {}: {}", name, from.label(), to.label(), why);
          } else {
            LOG.info("breaker {} {} -> {}: {}", name, from.label(), to.label(), why);
          }
        });
  }

  // ---- choosing among targets ----------------------------------------------------------------

  @Bean
  AttemptMetrics attemptMetrics(MeterRegistry registry, Gates gates) {
    AttemptMetrics metrics = new AttemptMetrics(registry);
    metrics.watch(gates);
    return metrics;
  }

  @Bean
  Tools tools(
      Settings settings,
      Timers timers,
      LongSupplier nanoClock,
      AttemptMetrics metrics,
      @Value("${gateway.shadows.limit}") int maxShadows) {
    return new Tools(
        timers,
        nanoClock,
        () -> ThreadLocalRandom.current().nextDouble(),
        metrics,
        settings.routing().maxAttempts(),
        new Places(maxShadows));
  }

  /** The ways of choosing that rules may name; a file of beans makes others. */
  @Bean
  LeastLatency leastLatency() {
    return new LeastLatency();
  }

  @Bean
  Sticky sticky() {
    return new Sticky();
  }

  @Bean
  Hedge hedge() {
    return new Hedge();
  }

  /** The defaults of every {@code circuitBreaker}, under the name by which Camel looks for them. */
  @Bean(ResilienceConstants.DEFAULT_RESILIENCE_CONFIGURATION_ID)
  Resilience4jConfigurationDefinition breakerDefaults(Settings settings) {
    var numbers = settings.breakers();
    Resilience4jConfigurationDefinition defaults = new Resilience4jConfigurationDefinition();
    defaults.setFailureRateThreshold(Integer.toString(numbers.failureRate()));
    defaults.setMinimumNumberOfCalls(Integer.toString(numbers.minimumCalls()));
    defaults.setSlidingWindowType("TIME_BASED");
    defaults.setSlidingWindowSize(Long.toString(numbers.window().toSeconds()));
    defaults.setWaitDurationInOpenState(Long.toString(numbers.open().toSeconds()));
    defaults.setPermittedNumberOfCallsInHalfOpenState(Integer.toString(numbers.closeAfter()));
    defaults.setThrowExceptionWhenHalfOpenOrOpenState("true");
    return defaults;
  }

  // ---- the steps that routes call ------------------------------------------------------------

  @Bean
  Receive receive(
      List<CallerDialect> callers,
      Supplier<String> requestIds,
      LongSupplier nanoClock,
      Clock clock,
      WarmUpToken warmUp) {
    return new Receive(callers, requestIds, nanoClock, clock, warmUp);
  }

  @Bean
  Authenticate authenticate(Settings settings, KeyDirectory keyDirectory, Providers providers) {
    Access access = settings.access();
    return new Authenticate(
        access.bootstrapKey().map(Secret::reveal),
        access.defaultKeyAllowed() ? Optional.of(Access.DEFAULT_KEY) : Optional.empty(),
        new Caller(
            Tenant.BUILT_IN,
            "bootstrap",
            new Quota(settings.limits().requestsPerMinute().orElse(null), null)),
        keyDirectory,
        providers::isKnown);
  }

  @Bean
  WriteChat write(List<PassThrough> passThroughs, LongSupplier nanoClock) {
    return new WriteChat(passThroughs, nanoClock);
  }

  @Bean
  WriteError errors(OpenAiCaller openai) {
    return new WriteError(openai);
  }

  @Bean
  ApiDocument apiDocument() {
    return new ApiDocument();
  }

  @Bean
  Refuse refuse() {
    return new Refuse();
  }

  @Bean
  RequestMetrics requestMetrics(MeterRegistry registry, Providers providers, Settings settings) {
    return new RequestMetrics(registry, providers, settings.observation().metricsMaxTenants());
  }

  @Bean
  RouteMeters routeMeters(MeterRegistry registry) {
    return new RouteMeters(registry);
  }

  @Bean
  Settle usage(RequestMetrics metrics, LongSupplier nanoClock) {
    return new Settle(metrics, nanoClock);
  }

  // ---- routes --------------------------------------------------------------------------------

  @Bean
  RouteFiles routeFiles(Settings settings) throws IOException {
    Resource[] builtIn =
        new PathMatchingResourcePatternResolver()
            .getResources("classpath*:routes/*" + RouteFiles.SUFFIX);
    return new RouteFiles(
        Arrays.stream(builtIn).map(file -> Objects.requireNonNull(file.getFilename())).toList(),
        settings.routing().routesDir());
  }

  /** What sets of routes are built with. */
  @Bean
  Workshop workshop(
      ApplicationContext application,
      ConfigurableEnvironment environment,
      Breakers breakers,
      RouteMeters meters,
      LlmParts llm,
      Tools tools,
      Settings settings,
      LongSupplier nanoClock) {
    return new Workshop() {
      @Override
      public BeanRepository shared() {
        return new ApplicationContextBeanRepository(application);
      }

      @Override
      public Map<String, Object> own(Providers providers, Purpose purpose) {
        return Map.of(
            "llm",
            llm.component(providers, purpose),
            "read",
            new ReadChat(providers, settings.listen().maxBodyBytes(), nanoClock),
            "fallback",
            new Fallback(providers),
            "models",
            new ListModels(providers));
      }

      @Override
      public ProcessorFactory processors(Purpose purpose) {
        Breakers used =
            purpose == Purpose.SERVICE
                ? breakers
                : new Breakers(nanoClock, (name, from, to, why) -> {});
        return new TargetProcessorFactory(
            new BreakerProcessorFactory(used, settings.breakers().consecutiveFailures(), Map.of()),
            tools);
      }

      @Override
      public List<RoutePolicyFactory> policies(Purpose purpose) {
        return purpose == Purpose.SERVICE ? List.of(meters) : List.of();
      }

      @Override
      public @Nullable String setting(String name) {
        return environment.getProperty(name);
      }
    };
  }

  @Bean
  LiveRoutes liveRoutes(
      RouteFiles files,
      Workshop workshop,
      Front front,
      RouteLimits limits,
      Settings settings,
      Providers providers,
      LongSupplier nanoClock,
      Clock clock) {
    return new LiveRoutes(
        files, workshop, front, limits, settings.routing(), providers, nanoClock, clock);
  }

  /** What an {@code llm} component is made of, for each set of routes one. */
  @Bean
  LlmParts llmParts(
      Vertx vertx,
      ConfigurableEnvironment environment,
      List<ProviderDialect> dialects,
      List<PassThrough> passThroughs,
      Gates gates,
      Timers timers,
      Breakers breakers,
      Settings settings,
      WarmUpAddress warmUp,
      LongSupplier nanoClock,
      Clock clock) {
    Duration refusedFor = settings.breakers().open();
    LlmComponent.Around around =
        new LlmComponent.Around(gates, new CredentialBreakers(breakers, refusedFor));
    LlmComponent.Limits limits =
        new LlmComponent.Limits(
            (int)
                Math.min(
                    Integer.MAX_VALUE / 2, (long) REPLY_FACTOR * settings.listen().maxBodyBytes()),
            settings.routing().maxAttempts());
    ProxySettings proxy = ProxySettings.of(System.getenv());
    return (providers, purpose) ->
        new LlmComponent(
            vertx,
            providers,
            name -> Secrets.isCredential(name) ? environment.getProperty(name, "") : "",
            dialects,
            passThroughs,
            limits,
            purpose == Workshop.Purpose.SERVICE ? around : unseen(nanoClock, timers, refusedFor),
            proxy,
            warmUp,
            nanoClock,
            clock);
  }

  /** What stands around calls that are never made. */
  private static LlmComponent.Around unseen(
      LongSupplier nanoClock, Timers timers, Duration refusedFor) {
    return new LlmComponent.Around(
        new Gates(nanoClock, timers),
        new CredentialBreakers(new Breakers(nanoClock, (name, from, to, why) -> {}), refusedFor));
  }

  /** Makes the Camel component {@code llm} for a set of routes. */
  interface LlmParts {
    LlmComponent component(Providers providers, Workshop.Purpose purpose);
  }
}
