package io.aigateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetClient;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * How much later does an event arrive through each target? Opens many streams at once and compares
 * each event's arrival with the {@link System#nanoTime} that {@link StaticUpstream} wrote into it:
 * on Linux all processes of a machine share that clock.
 *
 * <p>Options: {@code --target name=127.0.0.1:port@pid} (several; one named {@code direct} is what
 * "added" is added to), {@code --streams}, {@code --events} a stream and {@code --gap-ms} as the
 * upstream has them, {@code --warmup} and {@code --passes} a target, {@code --key}, {@code
 * --model}. Ends with status 1 when events were lost.
 */
final class StreamLoad {
  private static final long GRACE_MILLIS = 20_000;
  private static final long PAUSE_MILLIS = 500;

  private final Vertx vertx;
  private final String key;
  private final String model;
  private final int streams;
  private final int events;
  private final long gapMillis;

  private StreamLoad(Vertx vertx, Options options) {
    this.vertx = vertx;
    this.key = options.text("key", "bench-key");
    this.model = options.text("model", "gpt-4o-mini");
    this.streams = options.number("streams", 200);
    this.events = options.number("events", 20);
    this.gapMillis = options.number("gap-ms", 100);
  }

  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    Vertx vertx =
        Vertx.vertx(new VertxOptions().setPreferNativeTransport(true).setEventLoopPoolSize(1));
    boolean good = new StreamLoad(vertx, options).run(options);
    await(vertx.close());
    System.exit(good ? 0 : 1);
  }

  /** What one target did in one or more passes. */
  private static final class Result {
    final Samples delays = new Samples();
    long wanted;
    long broken;
    long cpuMicros;
    long jitMicros;
    long residentKib;

    void add(Result pass) {
      delays.addAll(pass.delays);
      wanted += pass.wanted;
      broken += pass.broken;
      cpuMicros += pass.cpuMicros;
      jitMicros += pass.jitMicros;
      residentKib = Math.max(residentKib, pass.residentKib);
    }

    long lost() {
      return wanted - delays.size();
    }
  }

  private boolean run(Options options) throws Exception {
    List<Target> targets = options.all("target").stream().map(Target::of).toList();
    int warmup = options.number("warmup", 3);
    for (Target target : targets) {
      for (int i = 0; i < warmup; i++) {
        pass(target);
      }
    }
    Map<Target, Result> results = new LinkedHashMap<>();
    for (int i = 0; i < options.number("passes", 3); i++) {
      for (Target target : targets) {
        results.computeIfAbsent(target, each -> new Result()).add(pass(target));
      }
    }
    if (!results.isEmpty()) {
      print(results);
    }
    return results.values().stream().allMatch(result -> result.lost() == 0 && result.broken == 0);
  }

  private Result pass(Target target) throws Exception {
    NetClient client =
        vertx.createNetClient(new NetClientOptions().setConnectTimeout(10_000).setTcpNoDelay(true));
    Buffer request = Requests.chat(target, key, model, true);
    Result result = new Result();
    result.wanted = (long) streams * events;
    // spread over a gap, as callers would be: all at one instant measures the burst of the test
    long spreadMillis = Math.max(gapMillis, streams / 2);
    ProcessCost cost = new ProcessCost(target.pid());
    ProcessCost.Reading before = cost.read();
    List<Stream> all = new ArrayList<>();
    List<Future<Void>> ends = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      Stream stream = new Stream(result);
      all.add(stream);
      long delay = 1 + spreadMillis * i / streams;
      vertx.setTimer(delay, timer -> stream.open(client, target, request));
      ends.add(stream.done.future());
    }
    Future<Void> over = Future.join(ends).<Void>mapEmpty().otherwiseEmpty();
    long deadline =
        System.nanoTime()
            + TimeUnit.MILLISECONDS.toNanos(spreadMillis + events * gapMillis + GRACE_MILLIS);
    while (!over.isComplete() && System.nanoTime() < deadline) {
      await(Future.any(over, vertx.timer(250, TimeUnit.MILLISECONDS)).otherwiseEmpty());
      cost.read();
      result.residentKib = Math.max(result.residentKib, cost.residentKib());
    }
    ProcessCost.Reading spent = cost.read().minus(before);
    result.cpuMicros = spent.cpuMicros();
    result.jitMicros = spent.jitMicros();
    // ends what is still open after the deadline: its missing events count as lost
    await(client.close());
    await(vertx.timer(PAUSE_MILLIS, TimeUnit.MILLISECONDS));
    result.broken = all.stream().filter(stream -> !stream.good).count();
    return result;
  }

  private static void await(Future<?> future) throws Exception {
    future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private void print(Map<Target, Result> results) {
    System.out.printf("%n%d streams, %d events, %d ms apart%n", streams, events, gapMillis);
    System.out.printf(
        "%-10s %9s %9s %9s %10s %10s %12s %9s %6s %7s %8s%n",
        "",
        "p50 ms",
        "p99 ms",
        "max ms",
        "added p50",
        "added p99",
        "cpu us/event",
        "events",
        "lost",
        "broken",
        "rss MiB");
    double base50 = Double.NaN;
    double base99 = Double.NaN;
    for (Map.Entry<Target, Result> each : results.entrySet()) {
      if (each.getKey().name().equals("direct")) {
        base50 = each.getValue().delays.millis(0.50);
        base99 = each.getValue().delays.millis(0.99);
      }
    }
    for (Map.Entry<Target, Result> each : results.entrySet()) {
      Result result = each.getValue();
      boolean counted = each.getKey().pid() != 0;
      double p50 = result.delays.millis(0.50);
      double p99 = result.delays.millis(0.99);
      System.out.printf(
          Locale.ROOT,
          "%-10s %9.3f %9.3f %9.3f %10.3f %10.3f %12s %9d %6d %7d %8s%n",
          each.getKey().name(),
          p50,
          p99,
          result.delays.millis(1),
          p50 - base50,
          p99 - base99,
          counted && result.delays.size() > 0
              ? String.format(Locale.ROOT, "%.1f", (double) result.cpuMicros / result.delays.size())
              : "-",
          result.delays.size(),
          result.lost(),
          result.broken,
          counted ? Long.toString(result.residentKib / 1024) : "-");
    }
  }

  /** One stream: every event's delay, and whether the end was a proper one. On the event loop. */
  private static final class Stream implements HttpFramer.Sink {
    private static final String MARK = "\"t=";

    private final Result result;
    private final Promise<Void> done = Promise.promise();
    private final ByteArrayOutputStream line = new ByteArrayOutputStream(512);
    private final HttpFramer framer = new HttpFramer(this);
    private boolean accepted;
    private boolean saidDone;
    private boolean ended;
    private volatile boolean good;

    Stream(Result result) {
      this.result = result;
    }

    void open(NetClient client, Target target, Buffer request) {
      client
          .connect(target.port(), target.host())
          .onFailure(failure -> done.tryComplete())
          .onSuccess(
              socket -> {
                socket.handler(buffer -> read(socket, buffer));
                socket.exceptionHandler(ignored -> {});
                socket.closeHandler(closed -> done.tryComplete());
                socket.write(request);
              });
    }

    private void read(NetSocket socket, Buffer buffer) {
      try {
        framer.feed(buffer.getBytes());
      } catch (IllegalStateException e) {
        socket.close();
      }
      if (ended) {
        socket.close();
      }
    }

    @Override
    public void head(String head) {
      accepted = head.startsWith("HTTP/1.1 200");
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
      int start = from;
      for (int i = from; i < to; i++) {
        if (bytes[i] == '\n') {
          line.write(bytes, start, i - start);
          line();
          line.reset();
          start = i + 1;
        }
      }
      line.write(bytes, start, to - start);
    }

    private void line() {
      if (!accepted || line.size() < 10) {
        return;
      }
      String text = line.toString(UTF_8);
      int mark = text.indexOf(MARK);
      if (mark >= 0) {
        int from = mark + MARK.length();
        int to = from;
        while (to < text.length() && Character.isDigit(text.charAt(to))) {
          to++;
        }
        result.delays.add(System.nanoTime() - Long.parseLong(text.substring(from, to)));
      } else if (text.contains("[DONE]")) {
        saidDone = true;
      }
    }

    @Override
    public void end() {
      ended = true;
      good = accepted && saidDone;
      done.tryComplete();
    }
  }
}
