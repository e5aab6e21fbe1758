package io.aigateway.edge;

import io.aigateway.endpoint.WarmUpToken;
import io.aigateway.provider.WarmUpAddress;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the hot path warm before callers come: a cold JVM is ten to thirty times slower. The
 * gateway sends itself real requests, whole and streamed, over its own port; their provider is a
 * small server on the loopback, so that the whole path is run, sockets included. They leave no
 * trace in metrics.
 */
final class WarmUp {
  private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);
  private static final int PARALLEL = 16;

  private static final List<String> MODELS = List.of("gpt-4o-mini", "claude-sonnet-4-5", "demo");

  private final Vertx vertx;
  private final WarmUpToken token;
  private final WarmUpAddress address;
  private final int requests;
  private final Duration limit;
  private final AtomicInteger sent = new AtomicInteger();
  private final AtomicInteger ended = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private volatile boolean over;
  private @Nullable HttpServer provider;
  private @Nullable HttpClient client;

  /**
   * @param requests how many; 0 for none
   * @param limit when to stop all the same
   */
  WarmUp(Vertx vertx, WarmUpToken token, WarmUpAddress address, int requests, Duration limit) {
    this.vertx = vertx;
    this.token = token;
    this.address = address;
    this.requests = requests;
    this.limit = limit;
  }

  /**
   * Begins, and returns at once; {@code done} is called when the path is warm or the time is up.
   */
  void begin(int port, Runnable done) {
    if (requests == 0) {
      finish(done);
      return;
    }
    long started = System.nanoTime();
    HttpServer standIn = vertx.createHttpServer().requestHandler(WarmUp::answer);
    provider = standIn;
    client =
        vertx.createHttpClient(new HttpClientOptions().setMaxPoolSize(PARALLEL).setKeepAlive(true));
    standIn
        .listen(0, "127.0.0.1")
        .onSuccess(
            bound -> {
              address.set(SocketAddress.inetSocketAddress(bound.actualPort(), "127.0.0.1"));
              vertx.setTimer(
                  limit.toMillis(),
                  ignored -> {
                    if (!over) {
                      LOG.info("warm-up stopped after {} requests", ended.get());
                      finish(done);
                    }
                  });
              for (int i = 0; i < PARALLEL; i++) {
                next(port, started, done);
              }
            })
        .onFailure(
            failure -> {
              LOG.warn("no warm-up: {}", failure.getMessage());
              finish(done);
            });
  }

  /** The process stops before it was warm. */
  void cancel() {
    if (!over) {
      finish(() -> {});
    }
  }

  private void next(int port, long started, Runnable done) {
    int number = sent.getAndIncrement();
    HttpClient http = client;
    if (over || number >= requests || http == null) {
      return;
    }
    boolean streamed = number % 4 == 3;
    String body =
        "{\"model\":\""
            + MODELS.get(number % 16 == 5 ? 2 : number % 4 == 2 ? 1 : 0)
            + "\",\"stream\":"
            + (streamed && number % 16 != 5)
            + ",\"max_tokens\":64,\"messages\":[{\"role\":\"system\",\"content\":\"Get warm.\"},"
            + "{\"role\":\"user\",\"content\":\"Say a few words about number "
            + number
            + ".\"}]}";
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(port)
            .setURI("/v1/chat/completions")
            .putHeader("content-type", "application/json")
            .putHeader(WarmUpToken.HEADER, token.value());
    http.request(options)
        .compose(request -> request.send(Buffer.buffer(body)))
        .compose(
            response -> {
              if (response.statusCode() != 200) {
                failed.incrementAndGet();
              }
              return response.body();
            })
        .onComplete(
            answer -> {
              if (answer.failed()) {
                failed.incrementAndGet();
              }
              if (ended.incrementAndGet() == requests && !over) {
                LOG.info(
                    "warm after {} requests ({} failed) in {} ms",
                    requests,
                    failed.get(),
                    (System.nanoTime() - started) / 1_000_000);
                finish(done);
              } else {
                next(port, started, done);
              }
            });
  }

  private synchronized void finish(Runnable done) {
    if (over) {
      return;
    }
    over = true;
    token.close();
    address.set(null);
    if (client != null) {
      client.close();
    }
    if (provider != null) {
      provider.close();
    }
    done.run();
  }

  /** Speaks just enough of OpenAI's and Anthropic's dialects. */
  private static void answer(HttpServerRequest request) {
    boolean anthropic = request.path().endsWith("/messages");
    request
        .body()
        .onSuccess(
            body -> {
              boolean streamed = body.toString().contains("\"stream\":true");
              request
                  .response()
                  .putHeader("content-type", streamed ? "text/event-stream" : "application/json")
                  .end(
                      anthropic
                          ? streamed ? ANTHROPIC_STREAM : ANTHROPIC_WHOLE
                          : streamed ? OPENAI_STREAM : OPENAI_WHOLE);
            });
  }

  private static final String OPENAI_WHOLE =
      "{\"id\":\"chatcmpl-warm\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"warm\","
          + "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"Warm.\"},"
          + "\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":1,"
          + "\"total_tokens\":10}}";

  private static final String OPENAI_STREAM =
      event("{\"role\":\"assistant\",\"content\":\"\"}", "null")
          + event("{\"content\":\"Quite\"}", "null").repeat(8)
          + event("{}", "\"stop\"")
          + "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
          + "\"model\":\"warm\",\"choices\":[],\"usage\":{\"prompt_tokens\":9,"
          + "\"completion_tokens\":8,\"total_tokens\":17}}\n\ndata: [DONE]\n\n";

  private static final String ANTHROPIC_WHOLE =
      "{\"id\":\"msg_warm\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"warm\","
          + "\"content\":[{\"type\":\"text\",\"text\":\"Warm.\"}],\"stop_reason\":\"end_turn\","
          + "\"stop_sequence\":null,\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}";

  private static final String ANTHROPIC_STREAM =
      "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_warm\","
          + "\"type\":\"message\",\"role\":\"assistant\",\"model\":\"warm\",\"content\":[],"
          + "\"usage\":{\"input_tokens\":9,\"output_tokens\":1}}}\n\n"
          + "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
          + "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n"
          + ("event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
                  + "\"delta\":{\"type\":\"text_delta\",\"text\":\"Quite\"}}\n\n")
              .repeat(8)
          + "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
          + "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":"
          + "\"end_turn\",\"stop_sequence\":null},\"usage\":{\"output_tokens\":8}}\n\n"
          + "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n";

  private static String event(String delta, String finish) {
    return "data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
        + "\"model\":\"warm\",\"choices\":[{\"index\":0,\"delta\":"
        + delta
        + ",\"finish_reason\":"
        + finish
        + "}]}\n\n";
  }
}
