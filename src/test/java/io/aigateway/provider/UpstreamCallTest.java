package io.aigateway.provider;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.IncomingBody;
import io.vertx.core.Context;
import io.vertx.core.MultiMap;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One HTTP call against a server that is nothing but a socket. */
class UpstreamCallTest {
  private static final Duration LONG = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final Context context = vertx.getOrCreateContext();
  private final CompletableFuture<String> answered = new CompletableFuture<>();
  private ServerSocket server;

  @BeforeEach
  void listen() throws IOException {
    server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    server.setSoTimeout(20_000);
  }

  @AfterEach
  void close() throws IOException {
    server.close();
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  private static <T> T soon(CompletableFuture<T> future) throws Exception {
    return future.get(20, TimeUnit.SECONDS);
  }

  private static String read(InputStream in, int length) throws IOException {
    return new String(in.readNBytes(length), ISO_8859_1);
  }

  private static String readHead(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    return head.toString();
  }

  @Test
  void announcedBodyGoesOnWhenTheAnswerHasBegunBeforeItsEnd() throws Exception {
    Reader reader = new Reader();
    Rest rest = new Rest();
    MultiMap headers = HttpHeaders.headers().set(HttpHeaders.CONTENT_LENGTH, "12");
    UpstreamCall call =
        new UpstreamCall(
            new LoopClients(vertx, new HttpClientOptions()),
            context,
            new Timeouts(LONG, LONG, LONG, LONG),
            true,
            System::nanoTime,
            new Deadlines(System::nanoTime),
            reader);
    call.send(
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost("127.0.0.1")
            .setPort(server.getLocalPort())
            .setURI("/")
            .setHeaders(headers),
        Buffer.buffer("1234"),
        new UpstreamCall.Upload(rest, () -> {}, answered::completeExceptionally));

    try (Socket socket = server.accept()) {
      socket.setSoTimeout(20_000);
      InputStream in = socket.getInputStream();
      assertThat(readHead(in)).containsIgnoringCase("content-length: 12");
      assertThat(read(in, 4)).isEqualTo("1234");
      socket
          .getOutputStream()
          .write(
              "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhe\r\n"
                  .getBytes(ISO_8859_1));
      soon(reader.begun);

      IncomingBody.Sink sink = soon(rest.sink);
      context.runOnContext(
          ignored -> {
            sink.bytes(Buffer.buffer("5678"));
            sink.bytes(Buffer.buffer("9abc"));
            sink.end();
          });

      assertThat(read(in, 8)).isEqualTo("56789abc");
      socket.getOutputStream().write("3\r\nard\r\n0\r\n\r\n".getBytes(ISO_8859_1));
      assertThat(soon(answered)).isEqualTo("heard");
    }
  }

  private final class Reader implements UpstreamCall.Receiver {
    private final CompletableFuture<@Nullable Void> begun = new CompletableFuture<>();
    private final StringBuilder text = new StringBuilder();

    @Override
    public void head(int status, MultiMap headers) {}

    @Override
    public void bytes(Buffer bytes) {
      text.append(bytes);
      begun.complete(null);
    }

    @Override
    public void end() {
      answered.complete(text.toString());
    }

    @Override
    public void failed(Kind kind, String message) {
      answered.completeExceptionally(new IllegalStateException(message));
    }
  }

  private static final class Rest implements IncomingBody {
    private final CompletableFuture<Sink> sink = new CompletableFuture<>();

    @Override
    public void into(Sink next) {
      sink.complete(next);
    }

    @Override
    public void pause() {}

    @Override
    public void resume() {}
  }
}
