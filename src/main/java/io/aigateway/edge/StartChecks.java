package io.aigateway.edge;

import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.settings.Settings;
import java.util.stream.Collectors;
import org.apache.camel.CamelContext;
import org.apache.camel.Route;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.core.annotation.Order;

/** Looks at the routes once they run, before the port opens: what Camel itself does not notice. */
@Order(1)
final class StartChecks implements ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(StartChecks.class);

  private final CamelContext context;
  private final Providers providers;
  private final Settings settings;

  StartChecks(CamelContext context, Providers providers, Settings settings) {
    this.context = context;
    this.providers = providers;
    this.settings = settings;
  }

  @Override
  public void run(ApplicationArguments arguments) {
    settings
        .routing()
        .checkDefaultProvider(
            providers.all().stream().map(Provider::name).collect(Collectors.toUnmodifiableSet()));
    for (Route route : context.getRoutes()) {
      if (route.getEndpoint() instanceof PlatformHttpEndpoint door) {
        BlockingSteps.Verdict verdict = BlockingSteps.of(context, door);
        if (verdict.blocks()) {
          LOG.info(
              "route {} runs off the event loop: blocking {}",
              route.getRouteId(),
              String.join(", ", verdict.steps()));
        }
      }
    }
  }
}
