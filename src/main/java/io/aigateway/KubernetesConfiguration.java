package io.aigateway;

import io.aigateway.kubernetes.PodEvents;
import io.aigateway.kubernetes.ServiceAccount;
import io.aigateway.reload.LiveRoutes;
import io.aigateway.settings.Identity;
import io.aigateway.settings.Settings;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Lets a pod that has a token tell Kubernetes of its routes. */
@Configuration(proxyBeanMethods = false)
class KubernetesConfiguration {
  private static final Logger LOG = LoggerFactory.getLogger(KubernetesConfiguration.class);

  @Bean
  ApplicationRunner refusedRoutesAreEvents(
      @Value("${gateway.kubernetes.service-account}") Path folder,
      LiveRoutes routes,
      Vertx vertx,
      Settings settings,
      Supplier<String> requestIds,
      Clock clock) {
    return arguments -> {
      Optional<ServiceAccount> account = ServiceAccount.find(System.getenv(), folder);
      if (account.isPresent()) {
        Identity identity = settings.identity();
        PodEvents events =
            new PodEvents(
                vertx,
                account.get(),
                identity.podName(),
                identity.podNamespace(),
                requestIds,
                clock);
        routes.onRefused(why -> events.warn("RoutesRefused", why));
        LOG.info("refused routes are events of the pod too");
      }
    };
  }
}
