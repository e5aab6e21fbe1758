package io.aigateway.bench;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.vertx.core.AbstractVerticle;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * A provider that costs next to nothing: every POST gets the same OpenAI chat completion of about 1
 * KB or, with {@code "stream":true} in it, events whose content is the {@link System#nanoTime} at
 * which they left; a POST to {@code /v1/messages} gets the same text as Anthropic's message. {@code
 * GET /stats} answers how many calls it has had.
 *
 * <p>Options: {@code --port} (0 = any), {@code --port-file} (gets the port once it listens), {@code
 * --events}, {@code --gap-ms}, {@code --loops}. Ends by signal, or when the process that started it
 * has gone.
 */
final class StaticUpstream {
  private static final byte[] STREAM = "\"stream\"".getBytes(UTF_8);
  private static final String EVENT_HEAD =
      "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"
          + "\"model\":\"gpt-4o-mini\",\"choices\":[{\"index\":0,\"delta\":";
  private static final String STREAM_HEAD =
      """
      HTTP/1.1 200 OK\r
      content-type: text/event-stream\r
      x-accel-buffering: no\r
      transfer-encoding: chunked\r
      \r
      """;

  private final Vertx vertx;
  private final int events;
  private final long gapMillis;
  private final LongAdder calls = new LongAdder();
  private final Buffer whole;
  private final Buffer message;

  private StaticUpstream(Vertx vertx, int events, long gapMillis) {
    this.vertx = vertx;
    this.events = events;
    this.gapMillis = gapMillis;
    this.whole = Buffer.buffer(response(completion()));
    this.message = Buffer.buffer(response(message()));
  }

  public static void main(String[] args) throws Exception {
    Options options = Options.of(args);
    Vertx vertx = Vertx.vertx(new VertxOptions().setPreferNativeTransport(true));
    StaticUpstream upstream =
        new StaticUpstream(vertx, options.number("events", 20), options.number("gap-ms", 100));
    int loops =
        options.number("loops", Math.max(1, Runtime.getRuntime().availableProcessors() / 4));
    // with port 0 every loop would get a port of its own, so the first decides for all
    int port = upstream.deploy(options.number("port", 0), 1);
    if (loops > 1) {
      upstream.deploy(port, loops - 1);
    }
    String file = options.text("port-file", "");
    if (file.isEmpty()) {
      System.out.println(port);
    } else {
      Path ready = Path.of(file);
      Path written = Path.of(file + ".new");
      Files.writeString(written, port + "\n");
      Files.move(written, ready);
    }
    ProcessHandle.current()
        .parent()
        .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().halt(0)));
  }

  private int deploy(int port, int instances) throws Exception {
    int[] bound = {port};
    vertx
        .deployVerticle(
            () -> new Loop(port, bound), new DeploymentOptions().setInstances(instances))
        .toCompletionStage()
        .toCompletableFuture()
        .get(20, TimeUnit.SECONDS);
    return bound[0];
  }

  /** One event loop that accepts connections of the shared port. */
  private final class Loop extends AbstractVerticle {
    private final int port;
    private final int[] bound;

    Loop(int port, int[] bound) {
      this.port = port;
      this.bound = bound;
    }

    @Override
    public void start(Promise<Void> started) {
      NetServer server =
          vertx.createNetServer(
              new NetServerOptions().setHost("127.0.0.1").setPort(port).setAcceptBacklog(4096));
      server
          .connectHandler(socket -> new Connection(socket).open())
          .listen()
          .onSuccess(
              listening -> {
                bound[0] = listening.actualPort();
                started.complete();
              })
          .onFailure(started::fail);
    }
  }

  /** One connection; on its event loop only. */
  private final class Connection implements HttpFramer.Sink {
    private final NetSocket socket;
    private final HttpFramer framer = new HttpFramer(this);
    private final ByteArrayOutputStream body = new ByteArrayOutputStream(2048);
    private boolean stats;
    private boolean messages;
    private long timer = -1;

    Connection(NetSocket socket) {
      this.socket = socket;
    }

    void open() {
      socket.handler(buffer -> framer.feed(buffer.getBytes()));
      socket.exceptionHandler(ignored -> {});
      socket.closeHandler(
          closed -> {
            if (timer >= 0) {
              vertx.cancelTimer(timer);
            }
          });
    }

    @Override
    public void head(String head) {
      stats = head.startsWith("GET ");
      messages = head.startsWith("POST /v1/messages ");
      body.reset();
    }

    @Override
    public void body(byte[] bytes, int from, int to) {
      body.write(bytes, from, to - from);
    }

    @Override
    public void end() {
      if (stats) {
        socket.write(Buffer.buffer(response(Long.toString(calls.sum()))));
        return;
      }
      calls.increment();
      if (messages) {
        socket.write(message);
      } else if (asksForStream(body.toByteArray())) {
        stream();
      } else {
        socket.write(whole);
      }
    }

    private void stream() {
      socket.write(Buffer.buffer(STREAM_HEAD + chunk(event(true))));
      int[] sent = {1};
      if (events == 1) {
        socket.write(ending());
        return;
      }
      timer =
          vertx.setPeriodic(
              gapMillis,
              tick -> {
                socket.write(Buffer.buffer(chunk(event(false))));
                if (++sent[0] == events) {
                  vertx.cancelTimer(tick);
                  timer = -1;
                  socket.write(ending());
                }
              });
    }
  }

  private static Buffer ending() {
    return Buffer.buffer(
        chunk(EVENT_HEAD + "{},\"finish_reason\":\"stop\"}]}\n\n")
            + chunk(
                "data: {\"id\":\"chatcmpl-bench\",\"object\":\"chat.completion.chunk\","
                    + "\"created\":1700000000,\"model\":\"gpt-4o-mini\",\"choices\":[],\"usage\":"
                    + "{\"prompt_tokens\":180,\"completion_tokens\":20,\"total_tokens\":200}}\n\n")
            + chunk("data: [DONE]\n\n")
            + "0\r\n\r\n");
  }

  private static String event(boolean first) {
    return EVENT_HEAD
        + (first ? "{\"role\":\"assistant\",\"content\":\"t=" : "{\"content\":\"t=")
        + System.nanoTime()
        + " \"},\"finish_reason\":null}]}\n\n";
  }

  private static String chunk(String data) {
    return Integer.toHexString(data.length()) + "\r\n" + data + "\r\n";
  }

  /** Whether {@code "stream": true} stands in the JSON, with whatever space a proxy left in it. */
  private static boolean asksForStream(byte[] json) {
    for (int i = 0; i + STREAM.length < json.length; i++) {
      if (json[i] == '"' && startsWith(json, i)) {
        int at = i + STREAM.length;
        while (at < json.length && (json[at] == ' ' || json[at] == ':')) {
          at++;
        }
        return at < json.length && json[at] == 't';
      }
    }
    return false;
  }

  private static boolean startsWith(byte[] json, int at) {
    for (int i = 0; i < STREAM.length; i++) {
      if (json[at + i] != STREAM[i]) {
        return false;
      }
    }
    return true;
  }

  private static final String TEXT = "Paris is the capital of France. ".repeat(18).trim();

  private static String message() {
    return """
        {"id":"msg_bench","type":"message","role":"assistant","model":"claude-sonnet-4-5",\
        "content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn","stop_sequence":null,\
        "usage":{"input_tokens":180,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,\
        "cache_creation":{"ephemeral_5m_input_tokens":0,"ephemeral_1h_input_tokens":0},\
        "output_tokens":126,"service_tier":"standard"}}"""
        .formatted(TEXT);
  }

  private static String completion() {
    return """
        {"id":"chatcmpl-bench","object":"chat.completion","created":1700000000,\
        "model":"gpt-4o-mini","system_fingerprint":"fp_bench","choices":[{"index":0,\
        "message":{"role":"assistant","content":"%s","refusal":null},"logprobs":null,\
        "finish_reason":"stop"}],"usage":{"prompt_tokens":180,"completion_tokens":126,\
        "total_tokens":306,"prompt_tokens_details":{"cached_tokens":0,"audio_tokens":0},\
        "completion_tokens_details":{"reasoning_tokens":0,"audio_tokens":0}}}"""
        .formatted(TEXT);
  }

  private static byte[] response(String body) {
    return ("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: "
            + body.getBytes(UTF_8).length
            + "\r\n\r\n"
            + body)
        .getBytes(ISO_8859_1);
  }
}
