package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How does the process start, refuse to start, and stop? */
class ProcessIT {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  @Test
  void gatewayIsUnreadyUntilItIsWarmAndStopsWithoutCuttingAStream() throws IOException {
    try (FakeProvider fake = new FakeProvider();
        GatewayProcess gateway =
            GatewayProcess.gateway()
                .port(freePort())
                .env("OPENAI_API_KEY", "sk-canary-process")
                .env("OPENAI_BASE_URL", fake.openAiUrl())
                .env("PRE_DRAIN", "1")
                .property("gateway.warm-up.requests", "600")
                .launch()) {
      // it answers before it is warm, but unready
      await()
          .atMost(LIMIT)
          .pollInterval(Duration.ofMillis(20))
          .ignoreExceptionsMatching(e -> true)
          .until(() -> status(gateway, "/health/ready") == 503);
      assertThat(status(gateway, "/health/live")).isEqualTo(200);
      gateway.awaitReady();
      assertThat(gateway.log()).contains("warm after 600 requests (0 failed)");
      assertThat(Http.get(gateway, "/health/ready").status()).isEqualTo(200);
      assertThat(Http.get(gateway, "/metrics").body())
          .as("warm-up leaves no trace")
          .doesNotContain("aigateway_requests_total{");
      assertThat(fake.calls()).isEmpty();

      // given a stream under way
      fake.always(Behaviour.stream(Duration.ofMillis(250), "a ", "b ", "c ", "d ", "e ", "f "));
      try (RawCaller caller = new RawCaller(gateway).chat("gpt-4o", true)) {
        caller.awaitText("a ");

        // when
        gateway.terminate();

        // then
        await()
            .atMost(Duration.ofMillis(500))
            .pollInterval(Duration.ofMillis(10))
            .until(() -> status(gateway, "/health/ready") == 503);
        assertThat(status(gateway, "/health/live")).isEqualTo(200);
        Http.Reply late = Http.chat(gateway, "demo", false);
        assertThat(late.status()).as("still served before the drain").isEqualTo(200);
        assertThat(late.header("connection")).isEqualTo("close");
        caller.awaitText("f ").awaitText("[DONE]");
      }
      assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
      assertThat(gateway.log()).doesNotContain("sk-canary", GatewayProcess.KEY);
    }
  }

  @Test
  void streamThatDoesNotEndInTimeIsTold() {
    try (FakeProvider fake = new FakeProvider();
        GatewayProcess gateway =
            GatewayProcess.gateway()
                .env("OPENAI_API_KEY", "sk-canary-process")
                .env("OPENAI_BASE_URL", fake.openAiUrl())
                .env("DRAIN_TIMEOUT", "1")
                .start()) {
      fake.always(Behaviour.answer("a b").silentAfter(1));
      try (RawCaller caller = new RawCaller(gateway).chat("gpt-4o", true)) {
        caller.awaitText("a ");

        gateway.terminate();
        await()
            .atMost(Duration.ofMillis(500))
            .pollInterval(Duration.ofMillis(10))
            .until(() -> status(gateway, "/health/ready") == 503);
        assertThat(status(gateway, "/health/live")).isEqualTo(200);
        assertThat(Http.get(gateway, "/metrics").body()).contains("aigateway_active_streams 1");
        // whoever is impatient changes nothing
        gateway.terminate();

        caller.awaitText("shutting_down");
      }
      assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
    }
  }

  @Test
  void whoComesAfterThePreDrainIsServedOrRefusedButNeverCut() {
    try (FakeProvider fake = new FakeProvider();
        GatewayProcess gateway =
            GatewayProcess.gateway()
                .env("OPENAI_API_KEY", "sk-canary-process")
                .env("OPENAI_BASE_URL", fake.openAiUrl())
                .start()) {
      fake.always(Behaviour.stream(Duration.ofMillis(200), "a ", "b ", "c ", "d ", "e ", "f "));
      try (RawCaller inTime = new RawCaller(gateway).chat("gpt-4o", true)) {
        inTime.awaitText("a ");

        // when the time for new calls is over
        gateway.terminate();
        gateway.awaitLog(line -> line.contains("draining, 1 requests"), LIMIT);

        // then one that comes all the same is served, longer than those that came in time
        try (RawCaller late = new RawCaller(gateway).chat("gpt-4o", true)) {
          late.awaitText("a ");
          assertThat(status(gateway, "/health/live")).isEqualTo(200);
          inTime.awaitText("f ").awaitText("[DONE]");
          // and whoever comes then is refused before anything is sent
          await()
              .atMost(Duration.ofSeconds(5))
              .pollInterval(Duration.ofMillis(10))
              .until(() -> refused(gateway));
          late.awaitText("f ").awaitText("[DONE]");
        }
      }
      assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
    }
  }

  private static boolean refused(GatewayProcess gateway) {
    try (java.net.Socket socket = new java.net.Socket("127.0.0.1", gateway.port())) {
      return !socket.isConnected();
    } catch (java.net.SocketException e) {
      // refused, or reset in the queue of a port that is being closed
      return true;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  /** As a balancer calls that watches no readiness: a connection a call, many at a time. */
  @Test
  void stopUnderLoadCutsNoCall() {
    try (FakeProvider fake = new FakeProvider();
        GatewayProcess gateway =
            GatewayProcess.gateway()
                .env("OPENAI_API_KEY", "sk-canary-process")
                .env("OPENAI_BASE_URL", fake.openAiUrl())
                .env("PRE_DRAIN", "1")
                .start()) {
      fake.always(Behaviour.answer("Hello from the fake provider."));
      AtomicInteger served = new AtomicInteger();
      List<CompletableFuture<Throwable>> callers = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        callers.add(
            CompletableFuture.supplyAsync(
                () -> callUntilItFails(gateway, served), task -> new Thread(task).start()));
      }
      await().atMost(LIMIT).until(() -> served.get() > 50);

      gateway.terminate();

      assertThat(callers)
          .allSatisfy(
              caller ->
                  assertThat(caller.join())
                      .as("how its last call ended")
                      .isInstanceOf(java.net.ConnectException.class));
      assertThat(gateway.awaitExit(Duration.ofSeconds(10))).isZero();
    }
  }

  private static Throwable callUntilItFails(GatewayProcess gateway, AtomicInteger served) {
    HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    HttpRequest request = Http.post(gateway, Http.CHAT, Http.body("gpt-4o", false)).build();
    while (true) {
      try {
        HttpResponse<String> reply = client.send(request, HttpResponse.BodyHandlers.ofString());
        if (reply.statusCode() != 200) {
          return new AssertionError(reply.statusCode() + " " + reply.body());
        }
        served.incrementAndGet();
      } catch (IOException e) {
        return e;
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  private static int status(GatewayProcess gateway, String path) {
    return Http.get(gateway, path).status();
  }

  @Test
  void everyFaultOfTheConfigurationIsOneLine() {
    try (GatewayProcess gateway =
        GatewayProcess.gateway()
            .env("ADDR", "nowhere")
            .env("MAX_ATTEMPTS", "many")
            .env("OPENAI_BASE_URL", "ftp://canary-secret@x")
            .env("ENCRYPTION_KEY", "canary-secret-too-short")
            .env("DRAIN_TIMEOUT", "40")
            .launch()) {

      assertThat(gateway.awaitExit(LIMIT)).isEqualTo(2);

      List<String> faults =
          gateway.lines().stream().filter(line -> line.startsWith("configuration: ")).toList();
      assertThat(faults)
          .hasSize(5)
          .anyMatch(line -> line.contains("ADDR"))
          .anyMatch(line -> line.contains("MAX_ATTEMPTS"))
          .anyMatch(line -> line.contains("OPENAI_BASE_URL"))
          .anyMatch(line -> line.contains("ENCRYPTION_KEY"))
          .anyMatch(line -> line.contains("SHUTDOWN_TIMEOUT"));
      assertThat(gateway.lines()).hasSameSizeAs(faults);
      assertThat(gateway.log()).doesNotContain("canary-secret");
    }
  }

  @Test
  void unknownDefaultProviderIsAFaultOfTheConfiguration() {
    try (GatewayProcess gateway =
        GatewayProcess.gateway().env("DEFAULT_PROVIDER", "nobody").launch()) {

      assertThat(gateway.awaitExit(LIMIT)).isEqualTo(2);
      assertThat(gateway.log()).contains("configuration: DEFAULT_PROVIDER=nobody");
      assertThat(gateway.log()).doesNotContain("\tat ");
    }
  }

  @Test
  void portInUseIsSaidInOneLine() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"));
        GatewayProcess gateway =
            GatewayProcess.gateway().port(taken.getLocalPort()).env("LOG_LEVEL", "warn").launch()) {

      assertThat(gateway.awaitExit(LIMIT)).isEqualTo(1);
      assertThat(gateway.log())
          .contains("can't listen on ADDR=127.0.0.1:" + taken.getLocalPort())
          .doesNotContain("\tat ");
    }
  }

  @ParameterizedTest
  @CsvSource({"'- route:\n    id: [', broken.camel.yaml", "'- nonsense: 1', odd.camel.yaml"})
  void routeFileThatCannotBeReadIsNamed(String text, String name) {
    var folder = SharedGateway.folder();
    SharedGateway.write(folder, name, text);
    try (GatewayProcess gateway = GatewayProcess.gateway().routes(folder).launch()) {

      assertThat(gateway.awaitExit(LIMIT)).isEqualTo(1);
      assertThat(gateway.log()).contains(name);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
