package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
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
