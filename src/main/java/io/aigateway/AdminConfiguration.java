package io.aigateway;

import io.aigateway.admin.AdminAudit;
import io.aigateway.admin.AdminCredentials;
import io.aigateway.admin.AdminKeys;
import io.aigateway.admin.AdminProviders;
import io.aigateway.admin.AdminRoutes;
import io.aigateway.admin.AdminTenants;
import io.aigateway.admin.AdminUsers;
import io.aigateway.admin.Desk;
import io.aigateway.admin.FirstAdmin;
import io.aigateway.admin.KeyMaker;
import io.aigateway.admin.Passwords;
import io.aigateway.admin.Permit;
import io.aigateway.admin.Tokens;
import io.aigateway.auth.KeyDirectory;
import io.aigateway.breaker.Breakers;
import io.aigateway.observe.BreakerJson;
import io.aigateway.provider.Providers;
import io.aigateway.reload.LiveRoutes;
import io.aigateway.settings.Settings;
import io.aigateway.settings.Surroundings;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import io.aigateway.store.Vault;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Base64;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Puts the admin API together. The names of beans that routes call are an API. */
@Configuration(proxyBeanMethods = false)
class AdminConfiguration {
  private static final int INVENTED_BYTES = 18;

  @Bean
  KeyMaker keyMaker(SecureRandom random) {
    return new KeyMaker(random);
  }

  @Bean(destroyMethod = "close")
  Passwords passwords(SecureRandom random, LongSupplier nanoClock) {
    return new Passwords(Passwords.STRENGTH, random, nanoClock);
  }

  @Bean
  FirstAdmin firstAdmin(
      Database database, Passwords passwords, Settings settings, Clock clock, SecureRandom random) {
    boolean terminal = Surroundings.ofProcess().terminal().getAsBoolean();
    FirstAdmin first =
        new FirstAdmin(
            database,
            passwords,
            settings.admin(),
            clock,
            () -> {
              byte[] bytes = new byte[INVENTED_BYTES];
              random.nextBytes(bytes);
              return Base64.getUrlEncoder().encodeToString(bytes);
            },
            terminal ? Optional.of(System.out::println) : Optional.empty());
    database.whenUp(first::provide);
    return first;
  }

  @Bean
  Desk desk(
      Database database,
      KeyDirectory directory,
      Settings settings,
      Sealer sealer,
      Clock clock,
      SecureRandom random) {
    return new Desk(
        database,
        directory::changed,
        sealer.canSeal() ? sealer : Sealer.ofThisProcess(random),
        clock,
        !database.isEmbedded() || settings.sharedState().redisUrl().isEmpty());
  }

  @Bean
  Permit permit(
      Database database,
      KeyDirectory directory,
      Passwords passwords,
      Settings settings,
      LongSupplier nanoClock) {
    return new Permit(
        database,
        directory,
        passwords,
        settings.admin().oidc().issuer().isPresent() ? new Tokens(settings.admin().oidc()) : null,
        settings.admin().authEnabled(),
        nanoClock);
  }

  @Bean
  AdminTenants adminTenants(Desk desk, KeyMaker keys, Providers providers) {
    return new AdminTenants(desk, keys, providers);
  }

  @Bean
  AdminKeys adminKeys(Desk desk, KeyMaker keys) {
    return new AdminKeys(desk, keys);
  }

  @Bean
  AdminCredentials adminCredentials(Desk desk, KeyMaker keys, Vault vault, Providers providers) {
    return new AdminCredentials(desk, keys, vault, providers);
  }

  @Bean
  AdminUsers adminUsers(Desk desk, Passwords passwords) {
    return new AdminUsers(desk, passwords);
  }

  @Bean
  AdminAudit adminAudit(Desk desk) {
    return new AdminAudit(desk);
  }

  @Bean
  AdminProviders adminProviders(
      Desk desk, Providers providers, Breakers breakers, BreakerJson breakerJson) {
    return new AdminProviders(desk, providers, breakers, breakerJson);
  }

  @Bean
  AdminRoutes adminRoutes(LiveRoutes routes) {
    return new AdminRoutes(routes::inForce);
  }
}
