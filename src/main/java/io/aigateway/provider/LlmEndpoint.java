package io.aigateway.provider;

import io.aigateway.call.InMemory;
import io.aigateway.call.Retries;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.net.ProxyOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.apache.camel.Consumer;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.support.DefaultEndpoint;

/**
 * One provider, as the parameters of {@code llm:name} describe it. Durations are written as {@code
 * 500ms}, {@code 10s}, {@code 5m}.
 */
@InMemory
public final class LlmEndpoint extends DefaultEndpoint {
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9-]{0,62}");

  /** What the region stands in for, in an address. */
  private static final String REGION = "<region>";

  private final LlmComponent component;
  private final String name;

  private String dialect = "";
  private String baseUrl = "";
  private String region = "";
  private String apiVersion = "";
  private String variant = "";
  private String credential = "";
  private boolean credentialOptional;
  private Duration connectTimeout = Duration.ofSeconds(5);
  private Duration firstByteTimeout = Duration.ofSeconds(120);
  private Duration idleTimeout = Duration.ofSeconds(120);
  private Duration callTimeout = Duration.ofMinutes(10);
  private int retries;
  private Duration retryBackoff = Duration.ofMillis(250);
  private Duration retryMaxBackoff = Duration.ofSeconds(5);
  private Duration retryWithin = Duration.ofSeconds(60);
  private int maxConcurrent;
  private int maxQueue = 100;
  private Duration queueTimeout = Duration.ofSeconds(5);
  private int maxConnections = 10_000;
  private long maxTokens = 4096;
  private String models = "";
  private String endpoints = "";
  private int flakyPercent = 50;
  private Duration pace = Duration.ofMillis(20);
  private Duration slowPace = Duration.ofMillis(400);

  LlmEndpoint(String uri, LlmComponent component, String name) {
    super(uri, component);
    this.component = component;
    this.name = name;
  }

  @Override
  public Producer createProducer() {
    try {
      Provider provider = describe();
      Retries again = new Retries(retries, retryBackoff, retryMaxBackoff, retryWithin);
      Gate gate =
          maxConcurrent == 0
              ? null
              : component
                  .around()
                  .gates()
                  .get(name, new GateSettings(maxConcurrent, maxQueue, queueTimeout));
      LlmProducer producer =
          new LlmProducer(this, provider, pool(provider), gate, again, component.limits());
      component.providers().add(provider);
      return producer;
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("provider " + name + ": " + e.getMessage(), e);
    }
  }

  @Override
  public Consumer createConsumer(Processor processor) {
    throw new UnsupportedOperationException("llm is a step, not a door");
  }

  @Override
  public boolean isSingleton() {
    return true;
  }

  private Provider describe() {
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "the name is not accepted; accepted: lower-case letters, digits and -, a letter first");
    }
    String url =
        region.isEmpty() && baseUrl.contains(REGION) ? "" : baseUrl.replace(REGION, region);
    Address address = url.isEmpty() ? new Address(false, "localhost", 80, "") : Address.of(url);
    ProviderDialect spoken = component.dialect(dialect);
    if (!url.isEmpty()) {
      spoken = spoken.at(new Place(address.host(), region, apiVersion, variant));
    }
    List<String> usable = usableCredentials();
    String value = usable.isEmpty() ? "" : component.credential(usable.get(0));
    boolean inProcess = spoken.name().equals(DemoDialect.NAME);
    boolean hasCredential = credential.isEmpty() || credentialOptional || !value.isEmpty();
    boolean configured = hasCredential && !url.isEmpty();
    return new Provider(
        name,
        spoken,
        address,
        value,
        usable.isEmpty() ? credential : String.join(",", usable),
        inProcess || configured,
        !url.isEmpty(),
        new Timeouts(connectTimeout, firstByteTimeout, idleTimeout, callTimeout),
        new ModelDefaults(maxTokens),
        list(models));
  }

  /** The names of the credentials that have a value. */
  private List<String> usableCredentials() {
    List<String> names = list(credential);
    if (names.size() != names.stream().distinct().count()) {
      throw new IllegalArgumentException(
          "credential is '" + credential + "'; accepted: each name once");
    }
    return names.stream().filter(each -> !component.credential(each).isEmpty()).toList();
  }

  private CredentialPool pool(Provider provider) {
    if (provider.dialect().name().equals(DemoDialect.NAME)) {
      return new CredentialPool(
          List.of(
              new CredentialPool.Member(
                  new DemoUpstream(provider, flakyPercent, pace, slowPace, component.nanoClock()),
                  null)));
    }
    LoopClients clients = clients(provider);
    List<String> names = usableCredentials();
    if (names.size() < 2) {
      return new CredentialPool(List.of(new CredentialPool.Member(http(provider, clients), null)));
    }
    return new CredentialPool(
        names.stream()
            .map(
                each ->
                    new CredentialPool.Member(
                        http(provider.with(each, component.credential(each)), clients),
                        component.around().guards().of(provider.breakerOf(each))))
            .toList());
  }

  private LoopClients clients(Provider provider) {
    HttpClientOptions options =
        new HttpClientOptions()
            .setProtocolVersion(HttpVersion.HTTP_1_1)
            .setSsl(provider.address().tls())
            .setForceSni(true)
            .setVerifyHost(true)
            .setTrustAll(false)
            .setKeepAlive(true)
            .setKeepAliveTimeout((int) TimeUnit.MINUTES.toSeconds(1))
            .setMaxPoolSize(maxConnections)
            .setConnectTimeout((int) connectTimeout.toMillis())
            .setTcpNoDelay(true)
            .setMaxHeaderSize(64 * 1024);
    ProxyOptions proxy = component.proxy().forAddress(provider.address());
    if (proxy != null) {
      options.setProxyOptions(proxy);
    }
    return new LoopClients(component.vertx(), options);
  }

  private Upstream http(Provider provider, LoopClients clients) {
    return new HttpUpstream(
        provider,
        clients,
        component.straightLines(provider.dialect(), list(endpoints)),
        component.limits().maxReplyBytes(),
        component.nanoClock(),
        component.clock(),
        component.warmUp());
  }

  private static List<String> list(String commaSeparated) {
    return Arrays.stream(commaSeparated.split(","))
        .map(String::trim)
        .filter(entry -> !entry.isEmpty())
        .toList();
  }

  LlmComponent llm() {
    return component;
  }

  /** The wire dialect: openai, anthropic, ollama, … */
  public void setDialect(String dialect) {
    this.dialect = dialect;
  }

  /**
   * The provider's address, with the version path that its dialect expects in it; {@code <region>}
   * stands for the region, without which there is no address then.
   */
  public void setBaseUrl(String baseUrl) {
    this.baseUrl = baseUrl.trim();
  }

  /** Bedrock only: AWS' name of the region, such as us-east-1. */
  public void setRegion(String region) {
    this.region = region.trim();
  }

  /** Azure only: the date of the API, or v1; "" means v1. */
  public void setApiVersion(String apiVersion) {
    this.apiVersion = apiVersion.trim();
  }

  /**
   * OpenAI's dialect only: whose words it takes beside OpenAI's own, {@code deepseek} or {@code
   * openrouter}; "" means nobody's.
   */
  public void setVariant(String variant) {
    this.variant = variant.trim();
  }

  /**
   * The <em>name</em> of the credential; without one the provider needs none. Of several names,
   * separated by commas, those that have a value are used in turn, and one that the provider
   * throttles or refuses is left alone for a while.
   */
  public void setCredential(String credential) {
    this.credential = credential.trim();
  }

  /** Whether the provider may also be called without its credential. */
  public void setCredentialOptional(boolean credentialOptional) {
    this.credentialOptional = credentialOptional;
  }

  /** See {@link Timeouts}. */
  public void setConnectTimeout(Duration connectTimeout) {
    this.connectTimeout = connectTimeout;
  }

  /** See {@link Timeouts}. */
  public void setFirstByteTimeout(Duration firstByteTimeout) {
    this.firstByteTimeout = firstByteTimeout;
  }

  /** See {@link Timeouts}. */
  public void setIdleTimeout(Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

  /** See {@link Timeouts}. */
  public void setCallTimeout(Duration callTimeout) {
    this.callTimeout = callTimeout;
  }

  /** How often the provider is asked again when no other target of the rule is left; 0 to 10. */
  public void setRetries(int retries) {
    this.retries = retries;
  }

  /** The longest wait before it is asked again for the first time; it doubles each time. */
  public void setRetryBackoff(Duration retryBackoff) {
    this.retryBackoff = retryBackoff;
  }

  /** No wait grows beyond this; what the provider asks for by Retry-After may be longer. */
  public void setRetryMaxBackoff(Duration retryMaxBackoff) {
    this.retryMaxBackoff = retryMaxBackoff;
  }

  /** From the request's beginning: nothing is asked again later than this. */
  public void setRetryWithin(Duration retryWithin) {
    this.retryWithin = retryWithin;
  }

  /** Upper limit of calls under way, of this process; a stream is one to its end; 0 = none. */
  public void setMaxConcurrent(int maxConcurrent) {
    this.maxConcurrent = maxConcurrent;
  }

  /** How many calls above that wait for a place. */
  public void setMaxQueue(int maxQueue) {
    this.maxQueue = maxQueue;
  }

  /** How long they wait. */
  public void setQueueTimeout(Duration queueTimeout) {
    this.queueTimeout = queueTimeout;
  }

  /** Upper limit of connections to the provider, of each event loop. */
  public void setMaxConnections(int maxConnections) {
    this.maxConnections = maxConnections;
  }

  /** The limit of an answer, in tokens, when the caller gives none and the dialect needs one. */
  public void setMaxTokens(long maxTokens) {
    this.maxTokens = maxTokens;
  }

  /** Names that the list of models shows, separated by commas. */
  public void setModels(String models) {
    this.models = models;
  }

  /**
   * What the provider serves beside what all of its dialect do, separated by commas: completions,
   * responses, images, moderations, rerank, speech, transcriptions. Without the first two its chat
   * serves them.
   */
  public void setEndpoints(String endpoints) {
    this.endpoints = endpoints;
  }

  /** Demo only: how many of a hundred calls of the flaky model fail. */
  public void setFlakyPercent(int flakyPercent) {
    this.flakyPercent = flakyPercent;
  }

  /** Demo only: time between two words. */
  public void setPace(Duration pace) {
    this.pace = pace;
  }

  /** Demo only: time a word of the slow model. */
  public void setSlowPace(Duration slowPace) {
    this.slowPace = slowPace;
  }
}
