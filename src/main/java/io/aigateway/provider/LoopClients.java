package io.aigateway.provider;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One HTTP client an event loop, so that a call never waits for another loop's thread: a shared
 * pool lends connections across loops, and every byte over such a connection changes threads twice.
 */
final class LoopClients {
  private final Map<Thread, HttpClient> clients = new ConcurrentHashMap<>();
  private final Vertx vertx;
  private final HttpClientOptions options;

  LoopClients(Vertx vertx, HttpClientOptions options) {
    this.vertx = vertx;
    this.options = options;
  }

  /** The same clients without a proxy: for addresses on this machine. */
  LoopClients direct() {
    return options.getProxyOptions() == null
        ? this
        : new LoopClients(vertx, new HttpClientOptions(options).setProxyOptions(null));
  }

  /** The client of the event loop that calls. */
  HttpClient here() {
    Thread loop = Thread.currentThread();
    HttpClient known = clients.get(loop);
    return known != null
        ? known
        : clients.computeIfAbsent(loop, thread -> vertx.createHttpClient(options));
  }

  /** Closes their connections; no call may be under way or come. */
  void close() {
    clients.values().forEach(HttpClient::close);
    clients.clear();
  }
}
