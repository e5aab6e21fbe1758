package io.aigateway;

import io.aigateway.auth.Authenticate;
import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.BreakerProcessorFactory;
import io.aigateway.breaker.Breakers;
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
import io.aigateway.endpoint.ListModels;
import io.aigateway.endpoint.ReadChat;
import io.aigateway.endpoint.Receive;
import io.aigateway.endpoint.Refuse;
import io.aigateway.endpoint.WarmUpToken;
import io.aigateway.endpoint.WriteChat;
import io.aigateway.endpoint.WriteError;
import io.aigateway.observe.RequestMetrics;
import io.aigateway.provider.LlmComponent;
import io.aigateway.provider.Providers;
import io.aigateway.provider.ProxySettings;
import io.aigateway.provider.WarmUpAddress;
import io.aigateway.reload.RouteFiles;
import io.aigateway.settings.Access;
import io.aigateway.settings.Secret;
import io.aigateway.settings.Settings;
import io.aigateway.targets.TargetProcessorFactory;
import io.aigateway.usage.Settle;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import java.io.IOException;
import java.time.Clock;
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
import org.apache.camel.CamelContext;
import org.apache.camel.component.resilience4j.ResilienceConstants;
import org.apache.camel.model.Resilience4jConfigurationDefinition;
import org.apache.camel.spring.boot.CamelContextConfiguration;
import org.apache.camel.support.EventHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/** Puts the gateway's parts together. The names of beans that routes call are an API. */
@Configuration(proxyBeanMethods = false)
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

  /** The Camel component {@code llm}. */
  @Bean
  LlmComponent llm(
      Vertx vertx,
      Providers providers,
      ConfigurableEnvironment environment,
      List<PassThrough> passThroughs,
      AwsCredentials awsCredentials,
      Settings settings,
      WarmUpAddress warmUp,
      LongSupplier nanoClock,
      Clock clock) {
    List<ProviderDialect> dialects =
        List.of(
            new OpenAiProvider(),
            new AnthropicProvider(),
            new OllamaProvider(),
            new GeminiProvider(),
            new MistralProvider(),
            new AzureProvider(),
            new BedrockProvider(awsCredentials));
    return new LlmComponent(
        vertx,
        providers,
        name -> Objects.requireNonNullElse(environment.getProperty(name), ""),
        dialects,
        passThroughs,
        new LlmComponent.Limits(
            (int)
                Math.min(
                    Integer.MAX_VALUE / 2, (long) REPLY_FACTOR * settings.listen().maxBodyBytes()),
            settings.routing().maxAttempts()),
        ProxySettings.of(System.getenv()),
        warmUp,
        nanoClock,
        clock);
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

  /** Camel takes the bean in place of its own factory; there can be only one. */
  @Bean
  TargetProcessorFactory targetProcessorFactory(Breakers breakers, Settings settings) {
    return new TargetProcessorFactory(
        new BreakerProcessorFactory(breakers, settings.breakers().consecutiveFailures(), Map.of()));
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
  Authenticate authenticate(Settings settings) {
    Access access = settings.access();
    return new Authenticate(
        access.bootstrapKey().map(Secret::reveal),
        access.defaultKeyAllowed() ? Optional.of(Access.DEFAULT_KEY) : Optional.empty());
  }

  @Bean
  ReadChat read(Providers providers, Settings settings, LongSupplier nanoClock) {
    return new ReadChat(providers, settings.listen().maxBodyBytes(), nanoClock);
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
  Refuse refuse() {
    return new Refuse();
  }

  @Bean
  ListModels models(Providers providers) {
    return new ListModels(providers);
  }

  @Bean
  RequestMetrics requestMetrics(MeterRegistry registry, Providers providers) {
    return new RequestMetrics(registry, providers);
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

  /** Loads the routes before Camel starts. */
  @Bean
  CamelContextConfiguration routes(RouteFiles files) {
    return new CamelContextConfiguration() {
      @Override
      public void beforeApplicationStart(CamelContext context) {
        try {
          files.load(context);
        } catch (Exception e) {
          throw new IllegalStateException("routes: " + e.getMessage(), e);
        }
      }

      @Override
      public void afterApplicationStart(CamelContext context) {
        // an exception here would be swallowed: what must be checked is a runner
        withoutExchangeEvents(context);
      }
    };
  }

  /**
   * Camel's own notifier only waits for the start, but as long as it takes events of exchanges,
   * Camel makes some for each step of each request.
   */
  private static void withoutExchangeEvents(CamelContext context) {
    context
        .getManagementStrategy()
        .getEventNotifiers()
        .forEach(notifier -> notifier.setIgnoreExchangeEvents(true));
    context
        .getCamelContextExtension()
        .setEventNotificationApplicable(EventHelper.eventsApplicable(context));
  }
}
