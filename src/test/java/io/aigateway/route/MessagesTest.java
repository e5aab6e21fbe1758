package io.aigateway.route;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.Application;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.RecordedCall;
import io.aigateway.settings.SettingsReader;
import io.aigateway.settings.Surroundings;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class MessagesTest {
  private static final String KEY = "gw-test";
  private static final String ASKED =
      "{ \"model\":\"claude-x\", \"max_tokens\" : 5, \"new\":1.0,"
          + "\"messages\":[{\"role\":\"user\",\"content\":\"hi\"}]}";
  private static final FakeProvider PROVIDER = new FakeProvider();
  private static ConfigurableApplicationContext gateway;
  private static HttpClient client;
  private static int port;

  @BeforeAll
  static void start() throws IOException {
    port = freePort();
    Map<String, String> environment =
        Map.of(
            "ADDR",
            "127.0.0.1:" + port,
            "BOOTSTRAP_API_KEY",
            KEY,
            "PRE_DRAIN",
            "0",
            "ANTHROPIC_API_KEY",
            "sk-provider",
            "ANTHROPIC_BASE_URL",
            PROVIDER.url(),
            "OPENAI_API_KEY",
            "sk-provider",
            "OPENAI_BASE_URL",
            PROVIDER.openAiUrl());
    SpringApplication application = new SpringApplication(Application.class);
    application.setRegisterShutdownHook(false);
    application.setDefaultProperties(Map.copyOf(environment));
    application.addInitializers(
        context ->
            context
                .getBeanFactory()
                .registerSingleton(
                    "settings",
                    new SettingsReader(new Surroundings(() -> false, () -> "test"))
                        .read(environment)));
    gateway = application.run("--gateway.warm-up.requests=0", "--spring.main.keep-alive=false");
    client = HttpClient.newHttpClient();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    PROVIDER.close();
  }

  @BeforeEach
  void forget() {
    PROVIDER.clear();
    PROVIDER.always(Behaviour.answer("Hello."));
  }

  @Test
  void bytesAndTheCallersVersionReachAnAnthropicProvider() throws Exception {
    // when
    HttpResponse<String> answer = post("/v1/messages", ASKED);
    // then
    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode message = Json.read(answer.body());
    assertThat(message.path("content").path(0).path("text").asText()).isEqualTo("Hello.");
    assertThat(message.path("x_gateway").path("provider").asText()).isEqualTo("anthropic");
    RecordedCall call = PROVIDER.lastCall();
    assertThat(call.path()).isEqualTo("/v1/messages");
    assertThat(new String(call.body(), UTF_8)).isEqualTo(ASKED);
    assertThat(call.header("anthropic-version")).isEqualTo("2099-01-01");
    assertThat(call.header("anthropic-beta")).isEqualTo("one,two,three");
    assertThat(call.header("x-api-key")).isEqualTo("sk-provider");
  }

  @Test
  void callersVersionDoesNotReachOtherProviders() throws Exception {
    HttpResponse<String> answer = post("/v1/messages", ASKED.replace("claude-x", "openai/gpt-4o"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Json.read(answer.body()).path("stop_reason").asText()).isEqualTo("end_turn");
    RecordedCall call = PROVIDER.lastCall();
    assertThat(call.path()).isEqualTo("/v1/chat/completions");
    assertThat(call.header("anthropic-beta")).isNull();
    assertThat(call.header("anthropic-version")).isNull();
  }

  @Test
  void streamThatBreaksEndsWithAnthropicsErrorEvent() throws Exception {
    // given
    PROVIDER.always(Behaviour.stream(Duration.ZERO, "a", "b").errorEventAt(1));
    for (String model : new String[] {"claude-x", "openai/gpt-4o"}) {
      // when
      HttpResponse<String> answer =
          post(
              "/v1/messages",
              ASKED.replace("claude-x", model).replace("}]}", "}],\"stream\":true}"));
      // then
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).startsWith("event: message_start");
      String last = answer.body().substring(answer.body().lastIndexOf("event: "));
      assertThat(last).startsWith("event: error\ndata: {\"type\":\"error\"");
    }
  }

  @Test
  void anthropicProviderCountsTokensItself() throws Exception {
    // given
    PROVIDER.always(Behaviour.json("{\"input_tokens\":7}"));
    String body = ASKED.replace("\"max_tokens\" : 5,", "");
    // when
    HttpResponse<String> answer = post("/v1/messages/count_tokens", body);
    // then
    assertThat(answer.body()).isEqualTo("{\"input_tokens\":7}");
    assertThat(answer.headers().firstValue("x-gateway-estimated")).isEmpty();
    assertThat(PROVIDER.lastCall().path()).isEqualTo("/v1/messages/count_tokens");
    assertThat(new String(PROVIDER.lastCall().body(), UTF_8)).isEqualTo(body);
  }

  @Test
  void otherProvidersAreNotAskedToCount() throws Exception {
    HttpResponse<String> answer =
        post("/v1/messages/count_tokens", ASKED.replace("claude-x", "openai/gpt-4o"));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(Json.read(answer.body()).path("input_tokens").asInt()).isPositive();
    assertThat(answer.headers().firstValue("x-gateway-estimated")).contains("true");
    assertThat(PROVIDER.calls()).isEmpty();
  }

  @Test
  void everyErrorUnderMessagesHasAnthropicsForm() throws Exception {
    PROVIDER.always(Behaviour.status(529, "busy"));
    isError(post("/v1/messages", ASKED), 502, "api_error");
    isError(post("/v1/messages", "{"), 400, "invalid_request_error");
    isError(post("/v1/messages/nothing", "{}"), 404, "not_found_error");
    isError(send(request("/v1/messages").GET()), 405, "invalid_request_error");
    isError(
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/v1/messages"))
                .POST(HttpRequest.BodyPublishers.ofString(ASKED))),
        401,
        "authentication_error");
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private static void isError(HttpResponse<String> answer, int status, String type)
      throws Exception {
    assertThat(answer.statusCode()).isEqualTo(status);
    JsonNode error = Json.read(answer.body());
    assertThat(error.path("type").asText()).isEqualTo("error");
    assertThat(error.path("error").path("type").asText()).isEqualTo(type);
    assertThat(error.path("request_id").asText())
        .isEqualTo(answer.headers().firstValue("x-request-id").orElseThrow());
  }

  private static HttpResponse<String> post(String path, String body) throws Exception {
    return send(request(path).POST(HttpRequest.BodyPublishers.ofString(body)));
  }

  private static HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
        .timeout(Duration.ofSeconds(20))
        .header("x-api-key", KEY)
        .header("content-type", "application/json")
        .header("anthropic-version", "2099-01-01")
        .header("anthropic-beta", "one,two")
        .header("anthropic-beta", "three");
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }
}
