package io.aigateway;

import io.aigateway.auth.KeyDirectory;
import io.aigateway.limit.Limiter;
import io.aigateway.limit.Reserve;
import io.aigateway.observe.Readiness;
import io.aigateway.settings.Settings;
import io.aigateway.shared.RedisLink;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import io.aigateway.store.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts together where tenants are kept, how their keys are known and what they may use. */
@Configuration(proxyBeanMethods = false)
class StoreConfiguration {

  @Bean(initMethod = "start", destroyMethod = "close")
  Database database(Settings settings, Supplier<String> requestIds, Readiness readiness) {
    Database database = new Database(settings.storage(), "gateway-" + requestIds.get());
    readiness.awaitsDatabase();
    database.whenUp(readiness::databaseAnswered);
    return database;
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  Limiter limiter(
      ObjectProvider<RedisLink> redis,
      Settings settings,
      Supplier<String> requestIds,
      LongSupplier nanoClock) {
    String replica = settings.identity().podName() + "-" + requestIds.get().substring(0, 12);
    return new Limiter(redis.getIfAvailable(), replica, nanoClock);
  }

  /** The step of the spine. */
  @Bean
  Reserve limit(Limiter limiter) {
    return new Reserve(limiter);
  }

  @Bean
  SecureRandom secureRandom() {
    return new SecureRandom();
  }

  @Bean
  Sealer sealer(Settings settings, SecureRandom random) {
    return Sealer.of(settings.storage(), random);
  }

  @Bean
  Vault vault(Sealer sealer) {
    return new Vault(sealer);
  }

  @Bean(initMethod = "start", destroyMethod = "close")
  KeyDirectory keyDirectory(
      Database database,
      Vault vault,
      ObjectProvider<RedisLink> redis,
      Clock clock,
      LongSupplier nanoClock) {
    return new KeyDirectory(database, vault, redis.getIfAvailable(), clock, nanoClock);
  }
}
