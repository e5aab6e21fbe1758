package io.aigateway.edge;

import io.aigateway.edge.BlockingSteps.Verdict;
import java.util.concurrent.Executor;
import org.apache.camel.Processor;
import org.apache.camel.component.platform.http.PlatformHttpEndpoint;
import org.apache.camel.component.platform.http.spi.PlatformHttpConsumer;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;
import org.jspecify.annotations.Nullable;

/**
 * Serves the {@code platform-http} doors of all routes on the event loops of {@link HttpServers}.
 * For all threads.
 */
public final class GatewayEngine implements PlatformHttpEngine {
  private final Routing<GatewayConsumer> routing = new Routing<>();
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
    return new GatewayConsumer(this, endpoint, processor);
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
