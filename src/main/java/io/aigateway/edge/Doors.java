package io.aigateway.edge;

import io.aigateway.reload.Front;
import io.vertx.core.Context;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import org.apache.camel.component.platform.http.spi.PlatformHttpEngine;

/** The doors of every set of routes that runs, of which callers see one set's. For all threads. */
public final class Doors implements Front {
  private final Connections connections;
  private final Executor blockingExecutor;
  private final int port;
  private final List<Context> loops = new CopyOnWriteArrayList<>();
  private volatile GatewayEngine current;

  /**
   * @param blockingExecutor where routes with a blocking step run
   * @param port where the servers are to listen
   */
  public Doors(Connections connections, Executor blockingExecutor, int port) {
    this.connections = connections;
    this.blockingExecutor = blockingExecutor;
    this.port = port;
    this.current = doors();
  }

  @Override
  public GatewayEngine doors() {
    return new GatewayEngine(connections, blockingExecutor, port);
  }

  @Override
  public CompletionStage<Void> open(PlatformHttpEngine doors) {
    GatewayEngine next = (GatewayEngine) doors;
    next.sayWhatBlocks();
    current = next;
    // a request is handed to its door in one turn of its event loop: after another turn of each
    // loop none is on the way to the doors before
    return CompletableFuture.allOf(
        loops.stream()
            .map(
                loop -> {
                  CompletableFuture<Void> turned = new CompletableFuture<>();
                  loop.runOnContext(ignored -> turned.complete(null));
                  return turned;
                })
            .toArray(CompletableFuture[]::new));
  }

  @Override
  public int underWay(PlatformHttpEngine doors) {
    return connections.requestsUnderWay((GatewayEngine) doors);
  }

  /** Those that callers see now. */
  GatewayEngine current() {
    return current;
  }

  Connections connections() {
    return connections;
  }

  /** From now on requests come on this event loop too. */
  void serving(Context loop) {
    loops.add(loop);
  }
}
