package io.aigateway.reload;

import java.util.concurrent.CompletionStage;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;

/**
 * Who lets callers in? Each set of routes has doors of its own; callers see those of one set. For
 * all threads.
 */
public interface Front {

  /** Doors for a set of routes, which no caller sees yet. */
  PlatformHttpEngine doors();

  /**
   * From now on every caller comes in by these doors, all at once.
   *
   * @return done when nobody is on the way to the doors before
   */
  CompletionStage<Void> open(PlatformHttpEngine doors);

  /** How many requests that came in by these doors have not ended, streams among them. */
  int underWay(PlatformHttpEngine doors);
}
