package io.aigateway.bench;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What does a chat request cost on its way through each target? Keeps a number of connections busy,
 * each with one request at a time, and prints CPU a request, requests a second and latencies.
 *
 * <p>Options: {@code --target name=127.0.0.1:port@pid} (several), {@code --connections "1 16"},
 * {@code --seconds} and {@code --rounds} for each target and number of connections, {@code
 * --warmup} seconds a target, {@code --upstream port} (to see that every request reached it),
 * {@code --key}, {@code --key-of name=KEY} for a target, {@code --model}. Targets take turns in
 * every round, because only what was measured side by side can be compared. Ends with status 1 when
 * requests failed.
 */
final class LoadGenerator {
  private static final long PAUSE_MILLIS = 300;
  private static final long GRACE_SECONDS = 30;

  /** A round with more failures than these measures nothing, and ends early. */
  private static final long MOST_FAILURES = 1_000;

  private final Vertx vertx;
  private final String key;
  private final Map<String, String> keysOfTargets = new HashMap<>();
  private final String model;
  private final int upstream;
  private final HttpClient http = HttpClient.newHttpClient();

  private LoadGenerator(Vertx vertx, Options options) {
    this.vertx = vertx;
    this.key = options.text("key", "bench-key");
    for (String one : options.all("key-of")) {
      int equals = one.indexOf('=');
      keysOfTargets.put(one.substring(0, equals), one.substring(equals + 1));
    }
    this.model = options.text("model", "gpt-4o-mini");
    this.upstream = options.number("upstream", 0);
  }

  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    boolean good = new LoadGenerator(vertx, options).run(options);
    await(vertx.close());
    System.exit(good ? 0 : 1);
  }

  /** What one target did in one or more rounds. */
  private static final class Result {
    final Samples latencies = new Samples();
    final List<Double> cpuOfRounds = new ArrayList<>();
    long failures;
    long nanos;
    long cpuMicros;
    long jitMicros;
    long upstreamCalls;

    long requests() {
      return latencies.size();
    }

    double cpu() {
      return (double) cpuMicros / requests();
    }

    void add(Result round) {
      latencies.addAll(round.latencies);
      cpuOfRounds.add(round.cpu());
      failures += round.failures;
      nanos += round.nanos;
      cpuMicros += round.cpuMicros;
      jitMicros += round.jitMicros;
      upstreamCalls += round.upstreamCalls;
    }
  }

  private boolean run(Options options) throws Exception {
    List<Target> targets = options.all("target").stream().map(Target::of).toList();
    int seconds = options.number("seconds", 5);
    int rounds = options.number("rounds", 3);
    for (Target target : targets) {
      long failed = round(target, 64, options.number("warmup", 10)).failures;
      if (failed > 0) {
        System.out.printf("%s: %d requests failed while warming up%n", target.name(), failed);
      }
    }
    long failures = 0;
    for (String connections : options.text("connections", "1 16 64 256").trim().split("\\s+")) {
      Map<Target, Result> results = new LinkedHashMap<>();
      for (int i = 0; i < rounds; i++) {
        for (Target target : targets) {
          Result round = round(target, Integer.parseInt(connections), seconds);
          results.computeIfAbsent(target, key -> new Result()).add(round);
        }
      }
      print(connections, results);
      failures += results.values().stream().mapToLong(result -> result.failures).sum();
    }
    return failures == 0;
  }

  private Result round(Target target, int connections, int seconds) throws Exception {
    NetClient client =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout(5_000).setTcpNoDelay(true));
    Buffer request =
        Requests.chat(target, keysOfTargets.getOrDefault(target.name(), key), model, false);
    Result result = new Result();
    List<Connection> all = new ArrayList<>();
    List<Future<Void>> ends = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      Connection connection = new Connection(client, target, request, result);
      all.add(connection);
    }
    long callsBefore = upstreamCalls();
    ProcessCost cost = new ProcessCost(target.pid());
    ProcessCost.Reading before = cost.read();
    long start = System.nanoTime();
    long end = start + TimeUnit.SECONDS.toNanos(seconds);
    all.forEach(connection -> ends.add(connection.start(end)));
    Future<Void> over = Future.all(ends).mapEmpty();
    // read meanwhile too: see ProcessCost.read
    while (System.nanoTime() < end && !over.isComplete()) {
      cost.read();
      await(Future.any(over, vertx.timer(500, TimeUnit.MILLISECONDS)).otherwiseEmpty());
    }
    await(over);
    result.nanos = System.nanoTime() - start;
    ProcessCost.Reading spent = cost.read().minus(before);
    result.cpuMicros = spent.cpuMicros();
    result.jitMicros = spent.jitMicros();
    result.upstreamCalls = upstreamCalls() - callsBefore;
    await(client.close());
    // connections close and buffers settle before the next target's turn
    await(vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    return result;
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(GRACE_SECONDS, TimeUnit.SECONDS);
  }

  private long upstreamCalls() throws Exception {
    if (upstream == 0) {
      return 0;
    }
    HttpRequest stats =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + upstream + "/stats"))
            .version(HttpClient.Version.HTTP_1_1)
            .timeout(Duration.ofSeconds(10))
            .build();
    return Long.parseLong(http.send(stats, HttpResponse.BodyHandlers.ofString()).body());
  }

  private void print(String connections, Map<Target, Result> results) {
    System.out.printf("%n%s connections%n", connections);
    System.out.printf(
        "%-10s %10s %14s %10s %10s %9s %9s %9s %8s%n",
        "",
        "cpu us/req",
        "(rounds)",
        "vs nginx",
        "jit us/req",
        "req/s",
        "p50 ms",
        "p99 ms",
        "failed");
    double nginx = Double.NaN;
    for (Map.Entry<Target, Result> each : results.entrySet()) {
      if (each.getKey().name().equals("nginx")) {
        nginx = each.getValue().cpu();
      }
    }
    for (Map.Entry<Target, Result> each : results.entrySet()) {
      Target target = each.getKey();
      Result result = each.getValue();
      boolean counted = target.pid() != 0 && result.requests() > 0;
      List<Double> cpu = result.cpuOfRounds.stream().sorted().toList();
      String range = String.format(Locale.ROOT, "%.1f-%.1f", cpu.get(0), cpu.get(cpu.size() - 1));
      System.out.printf(
          "%-10s %10s %14s %10s %10s %9.0f %9.3f %9.3f %8d%n",
          target.name(),
          counted ? number(result.cpu()) : "-",
          counted ? range : "-",
          counted && !Double.isNaN(nginx) ? number(result.cpu() / nginx) : "-",
          counted ? number((double) result.jitMicros / result.requests()) : "-",
          result.requests() / (result.nanos / 1e9),
          result.latencies.millis(0.50),
          result.latencies.millis(0.99),
          result.failures);
      if (upstream != 0 && result.upstreamCalls < result.requests()) {
        System.out.printf(
            "  %s: only %d of %d requests reached the upstream%n",
            target.name(), result.upstreamCalls, result.requests());
      }
    }
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  /** One caller: sends, waits for the whole answer, sends again. On the event loop. */
  private static final class Connection implements HttpFramer.Sink {
    /** The upstream's answer is about 1 KB: what is much shorter cannot be it. */
    private static final long LEAST_BODY = 500;

    private final NetClient client;
    private final Target target;
    private final Buffer request;
    private final Result result;
    private final Promise<Void> done = Promise.promise();
    private HttpFramer framer = new HttpFramer(this);
    private @Nullable NetSocket socket;
    private boolean answered;
    private long bodyBytes;
    private long sentAt;
    private long end;

    Connection(NetClient client, Target target, Buffer request, Result result) {
      this.client = client;
      this.target = target;
      this.request = request;
      this.result = result;
    }

    Future<Void> start(long end) {
      this.end = end;
      connect();
      return done.future();
    }

    private void connect() {
      client
          .connect(target.port(), target.host())
          .onFailure(failure -> failed())
          .onSuccess(
              opened -> {
                socket = opened;
                framer = new HttpFramer(this);
                opened.handler(this::read);
                opened.exceptionHandler(ignored -> {});
                opened.closeHandler(closed -> closed());
                send();
              });
    }

    private void read(Buffer buffer) {
      try {
        framer.feed(buffer.getBytes());
      } catch (IllegalStateException e) {
        close();
      }
    }

    private void send() {
      sentAt = System.nanoTime();
      bodyBytes = 0;
      NetSocket open = socket;
      if (open != null) {
        open.write(request);
      }
    }

    private void close() {
      NetSocket open = socket;
      if (open != null) {
        open.close();
      }
    }

    @Override
    public void head(String head) {
      answered = head.startsWith("HTTP/1.1 200");
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
      bodyBytes += to - from;
    }

    @Override
    public void end() {
      long now = System.nanoTime();
      if (answered && bodyBytes > LEAST_BODY) {
        result.latencies.add(now - sentAt);
      } else {
        result.failures++;
      }
      if (now >= end || result.failures > MOST_FAILURES) {
        done.tryComplete();
        close();
      } else {
        send();
      }
    }

    private void closed() {
      if (!done.future().isComplete()) {
        failed();
      }
    }

    private void failed() {
      result.failures++;
      if (result.failures > MOST_FAILURES || System.nanoTime() >= end) {
        done.tryComplete();
      } else {
        connect();
      }
    }
  }
}
