package io.aigateway.edge;

import io.aigateway.edge.BlockingSteps.Verdict;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The {@code platform-http} doors of one set of routes, served on the event loops of {@link
 * HttpServers}. For all threads.
 */
public final class GatewayEngine implements PlatformHttpEngine {
  private static final Logger LOG = LoggerFactory.getLogger(GatewayEngine.class);

  private final Routing<GatewayConsumer> routing = new Routing<>();
  private final List<GatewayConsumer> consumers = new CopyOnWriteArrayList<>();
  private final Connections connections;
  private final Executor blockingExecutor;
  private final int port;

  /**
   * @param blockingExecutor where routes with a blocking step run
   */
  public GatewayEngine(Connections connections, Executor blockingExecutor, int port) {
    this.connections = connections;
    this.blockingExecutor = blockingExecutor;
    this.port = port;
  }

  @Override
  public PlatformHttpConsumer createConsumer(PlatformHttpEndpoint endpoint, Processor processor) {
    GatewayConsumer consumer = new GatewayConsumer(this, endpoint, processor);
    consumers.add(consumer);
    return consumer;
  }

  /** Finds and logs which routes run off the event loop; all routes must have been built. */
  void sayWhatBlocks() {
    for (GatewayConsumer consumer : consumers) {
      Verdict verdict = consumer.verdict();
      if (verdict.blocks() && consumer.getEndpoint().getPath().startsWith("/admin")) {
        // all of them wait for the database
        LOG.debug("route {} runs off the event loop", consumer.routeId());
      } else if (verdict.blocks()) {
        LOG.info(
            "route {} runs off the event loop: blocking {}",
            consumer.routeId(),
            String.join(", ", verdict.steps()));
      }
    }
  }

  @Override
  public int getServerPort() {
    return port;
  }

  Routing<GatewayConsumer> routing() {
    return routing;
  }

  Connections connections() {
    return connections;
  }

  /** Where a route of this verdict runs: null for the event loop. */
  @Nullable Executor executorFor(Verdict verdict) {
    return verdict.blocks() ? blockingExecutor : null;
  }
}
