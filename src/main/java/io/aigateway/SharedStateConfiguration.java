package io.aigateway;

import io.aigateway.breaker.BreakerSharing;
import io.aigateway.breaker.Breakers;
import io.aigateway.observe.Metric;
import io.aigateway.settings.Settings;
import io.aigateway.shared.RedisLink;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** What replicas share, if there is a Redis for it. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnProperty("REDIS_URL")
class SharedStateConfiguration {
  private static final String DISTRIBUTED = "USE_DISTRIBUTED_CB";

  /** The start waits no longer for the state of the breakers; a Redis that is there takes less. */
  private static final Duration STATE = Duration.ofMillis(1500);

  @Bean(destroyMethod = "close")
  RedisLink redisLink(Settings settings, LongSupplier nanoClock) {
    RedisLink link = new RedisLink(settings.sharedState().redisUrl().orElseThrow(), nanoClock);
    link.start();
    return link;
  }

  @Bean
  MeterBinder sharedStateGauge(RedisLink link) {
    return registry ->
        Gauge.builder(Metric.SHARED_STATE_UP.meter(), () -> link.isUp() ? 1 : 0)
            .description(Metric.SHARED_STATE_UP.help())
            .register(registry);
  }

  @Bean(destroyMethod = "close")
  @ConditionalOnProperty(name = DISTRIBUTED, havingValue = "true")
  BreakerSharing breakerSharing(
      Breakers breakers,
      RedisLink link,
      Settings settings,
      Supplier<String> requestIds,
      LongSupplier nanoClock) {
    String pod = settings.identity().podName();
    BreakerSharing sharing =
        new BreakerSharing(
            breakers,
            link,
            pod + "-" + requestIds.get().substring(0, 12),
            pod,
            nanoClock,
            () -> ThreadLocalRandom.current().nextDouble());
    sharing.start();
    return sharing;
  }

  /** After the routes were loaded, before the port opens. */
  @Bean
  @Order(1)
  @ConditionalOnProperty(name = DISTRIBUTED, havingValue = "true")
  ApplicationRunner stateOfTheOthers(BreakerSharing sharing) {
    return arguments -> sharing.awaitState(STATE);
  }
}
