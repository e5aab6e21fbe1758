package io.aigateway.observe;

import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.charset.StandardCharsets;
import org.apache.camel.Exchange;

/**
 * All metrics in Prometheus' text format. Writing them takes milliseconds, so this step makes no
 * promise to be in memory and its route runs off the event loop.
 */
@RouteStep
public final class Scrape {
  private final PrometheusMeterRegistry registry;

  public Scrape(PrometheusMeterRegistry registry) {
    this.registry = registry;
  }

  public HttpAnswer metrics(Exchange exchange) {
    return HttpAnswer.whole(
        200,
        "text/plain; version=0.0.4; charset=utf-8",
        registry.scrape().getBytes(StandardCharsets.UTF_8));
  }
}
