package io.aigateway.edge;

import io.aigateway.breaker.Breakers;
import io.aigateway.endpoint.WarmUpToken;
import io.aigateway.observe.BreakerJson;
import io.aigateway.observe.HealthChecks;
import io.aigateway.observe.HealthReport;
import io.aigateway.observe.Metric;
import io.aigateway.observe.Readiness;
import io.aigateway.observe.Scrape;
import io.aigateway.provider.Providers;
import io.aigateway.provider.WarmUpAddress;
import io.aigateway.reload.LiveRoutes;
import io.aigateway.settings.Settings;
import io.aigateway.shared.RedisLink;
import io.aigateway.store.Database;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.actuate.health.Health;
import org.springframework.boot.actuate.health.HealthEndpoint;
import org.springframework.boot.actuate.health.HealthIndicator;
import org.springframework.boot.info.BuildProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the server's parts together, and what lets people see in. */
@Configuration(proxyBeanMethods = false)
class EdgeConfiguration {

  @Bean
  Connections connections() {
    return new Connections();
  }

  @Bean
  Readiness readiness() {
    return new Readiness();
  }

  @Bean(destroyMethod = "shutdownNow")
  ExecutorService blockingRoutes() {
    return BlockingExecutors.create();
  }

  @Bean
  Doors doors(Connections connections, ExecutorService blockingRoutes, Settings settings) {
    return new Doors(connections, blockingRoutes, settings.listen().port());
  }

  @Bean
  HttpServers httpServers(
      Vertx vertx,
      Doors doors,
      Settings settings,
      Supplier<String> requestIds,
      @Value("${gateway.http.max-header-bytes}") int maxHeaderBytes,
      @Value("${gateway.http.header-timeout}") Duration headerTimeout,
      @Value("${gateway.http.idle-timeout}") Duration idleTimeout) {
    return new HttpServers(
        vertx,
        doors,
        new HttpServers.Options(
            settings.listen().host(),
            settings.listen().port(),
            maxHeaderBytes,
            headerTimeout,
            idleTimeout,
            settings.admin().address().isPresent() ? path -> !isAdmin(path) : path -> true),
        Runtime.getRuntime().availableProcessors(),
        requestIds);
  }

  /** Where the admin API is when it has an address of its own. */
  private static List<HttpServers> adminServers(
      Vertx vertx,
      Doors doors,
      Settings settings,
      Supplier<String> requestIds,
      int maxHeaderBytes,
      Duration headerTimeout,
      Duration idleTimeout) {
    return settings.admin().address().stream()
        .map(
            address ->
                new HttpServers(
                    vertx,
                    doors,
                    new HttpServers.Options(
                        address.bindHost(),
                        address.port(),
                        maxHeaderBytes,
                        headerTimeout,
                        idleTimeout,
                        EdgeConfiguration::isAdmin),
                    1,
                    requestIds))
        .toList();
  }

  private static boolean isAdmin(String path) {
    return path.equals("/admin") || path.startsWith("/admin/");
  }

  @Bean
  HealthChecks healthChecks(
      HealthEndpoint endpoint, ObjectProvider<RedisLink> redis, Database database) {
    Map<String, Supplier<HealthChecks.Result>> watched = new HashMap<>();
    watched.put("database", () -> new HealthChecks.Result(database.isUp(), database.lastMillis()));
    redis.ifAvailable(
        link ->
            watched.put("redis", () -> new HealthChecks.Result(link.isUp(), link.lastMillis())));
    return new HealthChecks(endpoint, watched);
  }

  @Bean
  BreakerJson breakerJson(Clock clock, LongSupplier nanoClock) {
    return new BreakerJson(clock, nanoClock);
  }

  @Bean
  WarmUp warmUp(
      Vertx vertx,
      WarmUpToken token,
      WarmUpAddress address,
      @Value("${gateway.warm-up.requests}") int requests,
      @Value("${gateway.warm-up.limit}") Duration limit) {
    return new WarmUp(vertx, token, address, requests, limit);
  }

  @Bean
  Lifecycle lifecycle(
      HttpServers servers,
      Vertx vertx,
      Doors doors,
      Connections connections,
      Readiness readiness,
      HealthChecks health,
      WarmUp warmUp,
      LiveRoutes routes,
      Settings settings,
      Supplier<String> requestIds,
      @Value("${gateway.http.max-header-bytes}") int maxHeaderBytes,
      @Value("${gateway.http.header-timeout}") Duration headerTimeout,
      @Value("${gateway.http.idle-timeout}") Duration idleTimeout) {
    return new Lifecycle(
        servers,
        adminServers(
            vertx, doors, settings, requestIds, maxHeaderBytes, headerTimeout, idleTimeout),
        connections,
        readiness,
        health,
        warmUp,
        routes,
        settings.shutdown().preDrain(),
        settings.shutdown().drainTimeout(),
        settings.shutdown().limit());
  }

  /** The steps of the health routes. */
  @Bean
  HealthReport health(
      HealthChecks checks,
      Readiness readiness,
      Providers providers,
      Breakers breakers,
      BreakerJson breakerJson,
      Settings settings,
      LiveRoutes routes,
      ObjectProvider<BuildProperties> build) {
    return new HealthReport(
        checks,
        readiness,
        providers,
        breakers,
        breakerJson,
        settings.observation().readinessChecks().stream()
            .map(check -> check.name().toLowerCase(Locale.ROOT))
            .collect(Collectors.toSet()),
        routes::state,
        version(build));
  }

  /** Spring Boot asks it with the other indicators, under its name. */
  @Bean
  HealthIndicator routesHealthIndicator(LiveRoutes routes) {
    return () -> (routes.running() ? Health.up() : Health.down()).build();
  }

  /** The step of the metrics route. */
  @Bean
  Scrape scrape(PrometheusMeterRegistry registry) {
    return new Scrape(registry);
  }

  @Bean
  MeterBinder gauges(
      Connections connections,
      LiveRoutes routes,
      Breakers breakers,
      Settings settings,
      ObjectProvider<BuildProperties> build) {
    return registry -> {
      gauge(registry, Metric.ACTIVE_CONNECTIONS, connections::openConnections);
      gauge(registry, Metric.ACTIVE_STREAMS, connections::activeStreams);
      gauge(
          registry,
          Metric.INSTANCE_INFO,
          () -> 1,
          settings.identity().podName(),
          settings.identity().podNamespace(),
          version(build));
      gauge(registry, Metric.ROUTES_VERSION, () -> routes.state().version());
      gauge(registry, Metric.ROUTES_GENERATIONS, routes::generations);
      FunctionCounter.builder(Metric.ROUTES_RELOAD_FAILURES.meter(), routes, LiveRoutes::failures)
          .description(Metric.ROUTES_RELOAD_FAILURES.help())
          .register(registry);
      breakers.onNew(
          breaker ->
              gauge(
                  registry, Metric.BREAKER_STATE, () -> breaker.state().number(), breaker.name()));
    };
  }

  private static void gauge(
      MeterRegistry registry, Metric metric, Supplier<Number> value, String... labels) {
    Gauge.Builder<?> gauge = Gauge.builder(metric.meter(), value).description(metric.help());
    for (int i = 0; i < labels.length; i++) {
      gauge.tag(metric.labels().get(i), labels[i]);
    }
    gauge.register(registry);
  }

  private static String version(ObjectProvider<BuildProperties> build) {
    BuildProperties properties = build.getIfAvailable();
    return properties == null ? "unknown" : String.valueOf(properties.getVersion());
  }
}
