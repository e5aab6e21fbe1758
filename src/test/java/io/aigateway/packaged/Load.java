package io.aigateway.packaged;

import java.net.http.HttpClient;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;

/** Calls gateways in turn, so many times a second, whatever comes back. */
final class Load implements AutoCloseable {
  /**
   * One call that has ended.
   *
   * @param status 0 when there was no answer
   */
  record Ended(int status, long startedNanos, long tookNanos) {}

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();
  private final List<GatewayProcess> gateways;
  private final List<Ended> ended = new ArrayList<>();
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger done = new AtomicInteger();

  Load(int perSecond, GatewayProcess... gateways) {
    this.gateways = List.of(gateways);
    timer.scheduleAtFixedRate(this::call, 0, 1_000_000L / perSecond, TimeUnit.MICROSECONDS);
  }

  private void call() {
    GatewayProcess gateway = gateways.get(sent.getAndIncrement() % gateways.size());
    long started = System.nanoTime();
    client
        .sendAsync(
            Http.post(gateway, Http.CHAT, Http.body("gpt-4o", false)).build(),
            BodyHandlers.ofString())
        .handle(
            (reply, failure) -> {
              long took = System.nanoTime() - started;
              done.incrementAndGet();
              synchronized (ended) {
                ended.add(new Ended(failure == null ? reply.statusCode() : 0, started, took));
              }
              return null;
            });
  }

  /** Those that have ended so far, and forgets them. */
  List<Ended> take() {
    synchronized (ended) {
      List<Ended> all = List.copyOf(ended);
      ended.clear();
      return all;
    }
  }

  /** Calls no more, and waits for those under way. */
  @Override
  public void close() {
    timer.shutdownNow();
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> done.get() == sent.get());
  }
}
