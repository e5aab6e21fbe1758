package io.aigateway.reload;

import io.aigateway.provider.Providers;
import java.time.Instant;
import org.apache.camel.CamelContext;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;

/**
 * One set of routes that runs: in a Camel context of its own, so that the next one can run beside
 * it under the same names.
 *
 * @param number from 1 on
 * @param doors what callers come in by
 * @param providers those that the set's files describe
 */
record Generation(
    long number,
    RouteSet set,
    CamelContext context,
    PlatformHttpEngine doors,
    Providers providers,
    Instant loadedAt) {

  /** Ends its routes; nobody may be under way on them. */
  void stop() {
    context.stop();
  }
}
