package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.packaged.Http.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a caller told who asks wrongly? The documented error, and nothing of the inside. */
class ErrorsIT {
  /** What must never come out: packages, classes, stack frames, addresses, keys. */
  private static final List<String> INSIDE =
      List.of("Exception", "io.aigateway", "org.apache", "java.", "\tat ", "canary", "127.0.0.1");

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  @AfterEach
  void nothingSecretIsLogged() {
    assertThat(GATEWAY.log())
        .doesNotContain(
            GatewayProcess.KEY,
            SharedGateway.OPENAI_KEY,
            SharedGateway.FIRST_KEY,
            SharedGateway.ANTHROPIC_KEY,
            "canary-prompt",
            "canary-answer");
  }

  private static JsonNode error(Reply reply, int status, String type) {
    assertThat(reply.status()).as(reply.body()).isEqualTo(status);
    assertThat(reply.header("content-type")).isEqualTo("application/json");
    assertThat(reply.header("x-request-id")).isNotEmpty();
    assertThat(reply.body()).doesNotContain(INSIDE);
    JsonNode error = reply.json().path("error");
    assertThat(error.fieldNames()).toIterable().contains("message", "type", "param", "code");
    assertThat(error.path("type").asText()).isEqualTo(type);
    assertThat(error.path("message").asText()).isNotBlank();
    return error;
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"model\":|",
        "hello|",
        "``|",
        "[]|",
        "null|",
        "{}|model",
        "{\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|model",
        "{\"model\":\"\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|model",
        "{\"model\":1,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|model",
        "{\"model\":\"gpt-4o\"}|messages",
        "{\"model\":\"gpt-4o\",\"messages\":\"x\"}|messages",
        "{\"model\":\"gpt-4o\",\"messages\":{}}|messages",
        "{\"model\":\"gpt-4o\",\"messages\":[]}|messages",
        "{\"model\":\"gpt-4o\",\"stream\":\"yes\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}|stream",
        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]} trailing|",
      })
  void wrongBodyIsABadRequestThatNamesItsField(String body, String field) {
    Reply reply = Http.chat(GATEWAY, body);

    JsonNode error = error(reply, 400, "invalid_request_error");
    assertThat(error.path("param").asText(null)).isEqualTo(field);
    assertThat(OPENAI.calls()).isEmpty();
  }

  @Test
  void deeplyNestedBodyIsABadRequest() {
    Reply reply = Http.chat(GATEWAY, "{\"a\":" + "[".repeat(100_000));

    error(reply, 400, "invalid_request_error");
  }

  @ParameterizedTest
  @CsvSource({
    "authorization, Bearer canary-wrong",
    "authorization, Bearer gw-default-key",
    "authorization, Basic Z3c6Z3c=",
    "x-api-key, canary-wrong",
    "api-key, canary-wrong",
    "x-nothing, at-all"
  })
  void wrongOrMissingKeyIsUnauthorized(String header, String value) {
    Reply reply =
        Http.send(
            HttpRequest.newBuilder(GATEWAY.uri(Http.CHAT))
                .header(header, value)
                .POST(BodyPublishers.ofString(Http.body("gpt-4o", false))));

    JsonNode error = error(reply, 401, "authentication_error");
    assertThat(error.path("code").asText()).isEqualTo("invalid_api_key");
    assertThat(OPENAI.calls()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"authorization, Bearer ", "Authorization, bearer ", "x-api-key,", "api-key,"})
  void keyIsTakenFromEachOfItsHeaders(String header, String before) {
    Reply reply =
        Http.send(
            HttpRequest.newBuilder(GATEWAY.uri(Http.CHAT))
                .header(header, (before == null ? "" : before + " ") + GatewayProcess.KEY)
                .POST(BodyPublishers.ofString(Http.body("gpt-4o", false))));

    assertThat(reply.status()).isEqualTo(200);
  }

  @Test
  void keyIsCheckedBeforeTheBodyIsRead() {
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer wrong\r\n"
              + "content-length: 1000\r\n\r\n");

      caller.awaitText("invalid_api_key");

      assertThat(caller.heard()).startsWith("HTTP/1.1 401 ");
    }
  }

  @Test
  void announcedBodyThatIsTooLargeIsRefusedAtOnce() {
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(
          "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
              + GatewayProcess.KEY
              + "\r\ncontent-length: "
              + (33 << 20)
              + "\r\n\r\n");

      caller.awaitText("request_too_large");

      assertThat(caller.heard()).startsWith("HTTP/1.1 413 ");
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void bodyOf33MebibytesIsTooLarge(boolean chunked) {
    byte[] body = new byte[33 << 20];
    java.util.Arrays.fill(body, (byte) ' ');

    Reply reply =
        Http.send(
            Http.request(GATEWAY.uri(Http.CHAT))
                .POST(
                    chunked
                        ? BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(body))
                        : BodyPublishers.ofByteArray(body)));

    error(reply, 413, "invalid_request_error");
  }

  @Test
  void bodyOf31MebibytesPasses() {
    String body =
        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\""
            + "x".repeat(31 << 20)
            + "\"}]}";

    assertThat(Http.chat(GATEWAY, body).status()).isEqualTo(200);
    assertThat(OPENAI.lastCall().body()).hasSize(body.length());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/v1", "/v1/chat", "/v1/chat/completions/", "/nothing", "/v1/../etc", "//"})
  void unknownPathIsNotFound(String path) {
    JsonNode error = error(Http.get(GATEWAY, path), 404, "invalid_request_error");

    assertThat(error.path("code").asText()).isEqualTo("unknown_path");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /v1/chat/completions, POST",
    "DELETE, /v1/chat/completions, POST",
    "POST, /v1/models, GET",
    "POST, /health, GET",
    "PUT, /metrics, GET",
    "POST, /v1/usage, GET",
    "PUT, /v1/usage, GET",
    "DELETE, /v1/usage, GET"
  })
  void wrongMethodNamesTheRightOne(String method, String path, String allowed) {
    Reply reply =
        Http.send(Http.request(GATEWAY.uri(path)).method(method, BodyPublishers.ofString("{}")));

    error(reply, 405, "invalid_request_error");
    assertThat(reply.header("allow")).isEqualTo(allowed);
  }

  @ParameterizedTest
  @ValueSource(strings = "/v1/usage")
  void whatIsPromisedForLaterIsNotImplemented(String path) {
    Reply reply = Http.send(Http.request(GATEWAY.uri(path)).GET());

    JsonNode error = error(reply, 501, "invalid_request_error");
    assertThat(error.path("code").asText()).isEqualTo("not_implemented");
  }

  @ParameterizedTest
  @ValueSource(strings = {"text/plain", "multipart/form-data; boundary=x", "application/xml"})
  void otherContentTypeIsUnsupported(String type) {
    Reply reply =
        Http.send(
            Http.request(GATEWAY.uri(Http.CHAT))
                .header("content-type", type)
                .POST(BodyPublishers.ofString(Http.body("gpt-4o", false))));

    error(reply, 415, "invalid_request_error");
  }

  @Test
  void unknownProviderBeforeTheSlashIsNotFound() {
    JsonNode error =
        error(Http.chat(GATEWAY, "nobody/gpt-4o", false), 404, "invalid_request_error");

    assertThat(error.path("code").asText()).isEqualTo("model_not_found");
  }

  @Test
  void unknownForcedProviderIsNotFound() {
    Reply reply =
        Http.send(
            Http.post(GATEWAY, Http.CHAT, Http.body("gpt-4o", false))
                .header("x-provider", "nobody"));

    assertThat(error(reply, 404, "invalid_request_error").path("code").asText())
        .isEqualTo("model_not_found");
  }

  @Test
  void providerWithoutItsKeyIsNotConfigured() {
    Reply reply = Http.chat(GATEWAY, "mistral/mistral-large-latest", false);

    JsonNode error = error(reply, 503, "overloaded_error");
    assertThat(error.path("code").asText()).isEqualTo("provider_not_configured");
    assertThat(reply.header("x-should-retry")).isEqualTo("false");
    assertThat(reply.header("retry-after")).isEmpty();
  }

  @Test
  void garbageFromUpstreamIsABadGatewayWithoutTheGarbage() {
    OPENAI.always(
        Behaviour.json("{\"secret\":\"canary-answer\",").header("x-inside", "canary-answer"));

    Reply reply = Http.chat(GATEWAY, "gpt-4o", false);

    error(reply, 502, "upstream_error");
    assertThat(reply.response().headers().map().toString()).doesNotContain("canary");
  }

  @Test
  void promptAndAnswerAreNeverLogged() {
    OPENAI.always(Behaviour.answer("canary-answer"));

    Http.chat(
        GATEWAY,
        "{\"model\":\"gpt-4o\",\"messages\":[{\"role\":\"user\",\"content\":\"canary-prompt\"}]}");
    Http.chat(GATEWAY, "{\"model\":\"gpt-4o\",\"messages\":\"canary-prompt\"}");
    Http.chat(GATEWAY, "{\"canary-prompt\":");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"a.B_c-9|true", "has blank|false", "üml|false", "''|false"})
  void requestIdIsKeptIfItIsPlain(String id, boolean kept) {
    Reply reply =
        Http.send(Http.request(GATEWAY.uri("/v1/models")).GET().header("x-request-id", id));

    assertThat(reply.header("x-request-id")).isNotEmpty();
    assertThat(reply.header("x-request-id").equals(id)).isEqualTo(kept);
  }

  @Test
  void anotherRequestIdIsMadeForEachRequest() {
    assertThat(Http.get(GATEWAY, "/v1/models").header("x-request-id"))
        .isNotEqualTo(Http.get(GATEWAY, "/v1/models").header("x-request-id"));
  }

  @Test
  void h2cUpgradeRequestIsAnswered() throws Exception {
    // the JDK's client asks for HTTP/2 unless told otherwise
    var client = java.net.http.HttpClient.newHttpClient();

    for (boolean stream : new boolean[] {false, true}) {
      var response =
          client.send(
              Http.post(GATEWAY, Http.CHAT, Http.body("gpt-4o", stream)).build(),
              java.net.http.HttpResponse.BodyHandlers.ofString());

      assertThat(response.statusCode()).isEqualTo(200);
      assertThat(response.body()).contains("fake");
    }
  }

  @Test
  void expectContinueIsAnsweredBeforeTheBodyIsSent() {
    String body = Http.body("gpt-4o", false);
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller
          .send(
              "POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\nauthorization: Bearer "
                  + GatewayProcess.KEY
                  + "\r\nexpect: 100-continue\r\ncontent-length: "
                  + body.length()
                  + "\r\n\r\n")
          .awaitText("100 Continue")
          .send(body)
          .awaitText("chat.completion");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "GET / HTTP/1.1\r\nhost: x\r\nx-long: LONG\r\n\r\n",
        "GET /LONG HTTP/1.1\r\nhost: x\r\n\r\n",
        "nonsense\r\n\r\n"
      })
  void whatIsNoProperRequestIsRefusedWithoutAnError(String request) {
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.send(request.replace("LONG", "x".repeat(70_000)));

      assertThat(caller.isClosedWithin(Duration.ofSeconds(3))).isTrue();
      assertThat(caller.heard()).startsWith("HTTP/1.").contains(" 4").doesNotContain(INSIDE);
    }
  }

  @Test
  void connectionIsKeptForTheNextRequest() {
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.chat("gpt-4o", false).awaitText("fake provider");
      caller.send("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").awaitText("\"ok\"");
    }
  }

  @Test
  void twoRequestsSentAtOnceAreAnsweredInTheirOrder() {
    OPENAI.next(Behaviour.answer("first-answer").slowFirstByte(Duration.ofMillis(150)));
    try (RawCaller caller = new RawCaller(GATEWAY)) {
      caller.chat("gpt-4o", false);
      caller.send("GET /health/live HTTP/1.1\r\nhost: x\r\n\r\n").awaitText("\"ok\"");

      assertThat(caller.heard().indexOf("first-answer")).isPositive();
    }
  }
}
