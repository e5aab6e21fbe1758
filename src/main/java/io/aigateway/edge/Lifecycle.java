package io.aigateway.edge;

import io.aigateway.observe.HealthChecks;
import io.aigateway.observe.Readiness;
import io.aigateway.reload.LiveRoutes;
import io.aigateway.reload.RoutesRefusedException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.IntSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.context.SmartLifecycle;

/**
 * Opens the port when the routes run, and stops without cutting callers off: unready first, new
 * calls are still served for a while, then those under way get time to end, what is left is told.
 * The port closes when the calls that began in time have ended, and those that came after them end
 * while it is closed: a balancer that watches no readiness finds another replica by then.
 */
final class Lifecycle implements SmartLifecycle, ApplicationRunner {
  private static final Logger LOG = LoggerFactory.getLogger(Lifecycle.class);
  private static final long POLL_MILLIS = 20;

  /** What has no request for so long has none on its way. */
  private static final Duration QUIET = Duration.ofMillis(100);

  /** For an error to reach its caller. */
  private static final Duration TOLD = Duration.ofMillis(200);

  /** Kept back of the whole limit, for what ends after the callers. */
  private static final Duration REST = Duration.ofSeconds(3);

  private final HttpServers servers;
  private final List<HttpServers> adminServers;
  private final Connections connections;
  private final Readiness readiness;
  private final HealthChecks health;
  private final WarmUp warmUp;
  private final LiveRoutes routes;
  private final Duration preDrain;
  private final Duration drain;
  private final Duration limit;
  private volatile boolean running;

  /**
   * @param preDrain how long new calls are served as if nothing were
   * @param drain how much longer calls that began by then have
   * @param limit what the whole stop may take
   */
  Lifecycle(
      HttpServers servers,
      List<HttpServers> adminServers,
      Connections connections,
      Readiness readiness,
      HealthChecks health,
      WarmUp warmUp,
      LiveRoutes routes,
      Duration preDrain,
      Duration drain,
      Duration limit) {
    this.servers = servers;
    this.adminServers = adminServers;
    this.connections = connections;
    this.readiness = readiness;
    this.health = health;
    this.warmUp = warmUp;
    this.routes = routes;
    this.preDrain = preDrain;
    this.drain = drain;
    this.limit = limit;
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
    long began = System.nanoTime();
    try {
      await(began + preDrain.toNanos(), () -> false);
      // from here on only callers who have not noticed the end begin calls; they are served too,
      // but those who began in time are not kept waiting for
      connections.callsAreLate();
      LOG.info("draining, {} requests are under way", connections.requestsUnderWay());
      long drained = began + preDrain.plus(drain).toNanos();
      await(drained, () -> connections.earlierRequestsUnderWay() == 0);
      tell(connections::earlierRequestsUnderWay, connections::abortEarlier);
      servers.stopListening();
      adminServers.forEach(HttpServers::stopListening);
      long last = Math.max(drained, began + limit.minus(REST).toNanos());
      await(last, new Quiet());
      tell(connections::requestsUnderWay, connections::abortAll);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      connections.abortAll();
    }
    health.close();
    servers.stop();
    adminServers.forEach(HttpServers::stop);
  }

  /** What did not end in time gets an error, and a moment to take it. */
  private static void tell(IntSupplier underWay, Runnable abort) throws InterruptedException {
    int left = underWay.getAsInt();
    if (left > 0) {
      LOG.warn("{} requests did not end in time and are told so", left);
      abort.run();
      await(System.nanoTime() + TOLD.toNanos(), () -> underWay.getAsInt() == 0);
    }
  }

  private static void await(long untilNanos, BooleanSupplier over) throws InterruptedException {
    while (untilNanos - System.nanoTime() > 0 && !over.getAsBoolean()) {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    }
  }

  /** Nothing has been under way for a moment: what came last over open connections was seen. */
  private final class Quiet implements BooleanSupplier {
    private long sinceNanos = System.nanoTime();

    @Override
    public boolean getAsBoolean() {
      long now = System.nanoTime();
      if (connections.requestsUnderWay() > 0) {
        sinceNanos = now;
      }
      return now - sinceNanos >= QUIET.toNanos();
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
