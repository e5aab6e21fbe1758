package io.aigateway.edge;

import io.aigateway.observe.HealthChecks;
import io.aigateway.observe.Readiness;
import io.aigateway.reload.LiveRoutes;
import io.aigateway.reload.RoutesRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.SmartLifecycle;

/**
 * Opens the port when the routes run, and stops without cutting callers off: unready first, new
 * calls are still served for a while, then those under way get time to end, what is left is told.
 */
final class Lifecycle implements SmartLifecycle, ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
  private static final long POLL_MILLIS = 20;

  private final HttpServers servers;
  private final List<HttpServers> adminServers;
  private final Connections connections;
  private final Readiness readiness;
  private final HealthChecks health;
  private final WarmUp warmUp;
  private final LiveRoutes routes;
  private final Duration preDrain;
  private final Duration drain;
  private volatile boolean running;

  Lifecycle(
      HttpServers servers,
      List<HttpServers> adminServers,
      Connections connections,
      Readiness readiness,
      HealthChecks health,
      WarmUp warmUp,
      LiveRoutes routes,
      Duration preDrain,
      Duration drain) {
    this.servers = servers;
    this.adminServers = adminServers;
    this.connections = connections;
    this.readiness = readiness;
    this.health = health;
    this.warmUp = warmUp;
    this.routes = routes;
    this.preDrain = preDrain;
    this.drain = drain;
  }

  /**
   * Loads the routes, and opens the port when they run.
   *
   * @throws RoutesRefusedException saying what is wrong with them
   */
  @Override
  public void run(ApplicationArguments arguments) throws RoutesRefusedException, IOException {
    routes.load();
    servers.start();
    for (HttpServers admin : adminServers) {
      admin.start();
      LOG.info("the admin API is on port {}", admin.port());
    }
    health.start();
    readiness.routesRun();
    running = true;
    warmUp.begin(
        servers.port(),
        () -> {
          readiness.warm();
          routes.watch();
          LOG.info("ready on port {}", servers.port());
        });
  }

  @Override
  public void stop() {
    running = false;
    readiness.stopping();
    connections.drain();
    warmUp.cancel();
    try {
      long preDrainEnd = System.nanoTime() + preDrain.toNanos();
      await(preDrainEnd, false);
      await(preDrainEnd + drain.toNanos(), true);
      int left = connections.requestsUnderWay();
      if (left > 0) {
        LOG.warn("{} requests did not end in time and are told so", left);
        connections.abortAll();
        await(System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(200), true);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connections.abortAll();
    }
    health.close();
    // health and metrics have answered until now; a closed port says more than routes that are gone
    servers.stop();
    adminServers.forEach(HttpServers::stop);
  }

  /** Waits until the time has come, or, if {@code idleIsEnough}, nothing is under way. */
  private void await(long untilNanos, boolean idleIsEnough) throws InterruptedException {
    while (untilNanos - System.nanoTime() > 0) {
      if (idleIsEnough && connections.requestsUnderWay() == 0) {
        return;
      }
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Does nothing: Camel starts its routes after the beans of every phase, the port must wait. */
  @Override
  public void start() {}

  @Override
  public boolean isAutoStartup() {
    return false;
  }

  @Override
  public boolean isRunning() {
    return running;
  }

  /** The first to stop: the routes go on until the last caller is served. */
  @Override
  public int getPhase() {
    return Integer.MAX_VALUE;
  }
}
