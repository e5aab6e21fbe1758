package io.aigateway.fake;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.chat.Usage;
import io.aigateway.wire.Json;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FakeProviderTest {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final String CHAT = "/v1/chat/completions";
  private static final String MESSAGES = "/v1/messages";
  private static final String OLLAMA = "/api/chat";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final FakeProvider fake = new FakeProvider();

  @AfterEach
  void close() {
    fake.close();
  }

  @Test
  void answersInEachDialect() throws Exception {
    fake.always(Behaviour.answer("hello you").usage(new Usage(10, 4, 3, 2, 0, 0, 0)));

    JsonNode openAi = Json.read(post(CHAT, false).body());
    JsonNode anthropic = Json.read(post(MESSAGES, false).body());
    JsonNode ollama = Json.read(post(OLLAMA, false).body());

    assertThat(openAi.at("/choices/0/message/content").asText()).isEqualTo("hello you");
    assertThat(openAi.at("/usage/prompt_tokens").asInt()).isEqualTo(10);
    assertThat(anthropic.at("/content/0/text").asText()).isEqualTo("hello you");
    assertThat(anthropic.at("/usage/input_tokens").asInt()).isEqualTo(5);
    assertThat(ollama.at("/message/content").asText()).isEqualTo("hello you");
    assertThat(ollama.at("/eval_count").asInt()).isEqualTo(4);
    assertThat(openAi.path("model").asText()).isEqualTo("m");
  }

  @Test
  void streamsInEachDialect() throws Exception {
    fake.always(Behaviour.stream(Duration.ofMillis(2), "one ", "two"));

    assertThat(post(CHAT, true).body())
        .startsWith("data: {")
        .contains("\"content\":\"one \"", "\"finish_reason\":\"stop\"")
        .endsWith("data: [DONE]\n\n");
    assertThat(post(MESSAGES, true).body())
        .startsWith("event: message_start\n")
        .contains("\"text\":\"two\"", "event: message_delta")
        .endsWith("event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
    assertThat(post(OLLAMA, true).body().lines()).hasSize(3);
  }

  @Test
  void usageIsStreamedOnlyWhenAsked() throws Exception {
    assertThat(post(CHAT, true).body()).doesNotContain("usage");
    HttpResponse<String> asked =
        send(CHAT, "{\"stream\":true,\"stream_options\":{\"include_usage\":true}}");
    assertThat(asked.body()).contains("\"choices\":[],\"usage\":{\"prompt_tokens\":9");
  }

  @Test
  void toolCallsComeWholeAndInParts() throws Exception {
    fake.always(Behaviour.callsTool("call_1", "weather", "{\"city\":\"Bonn\"}"));

    JsonNode whole = Json.read(post(CHAT, false).body());
    assertThat(whole.at("/choices/0/message/tool_calls/0/function/arguments").asText())
        .isEqualTo("{\"city\":\"Bonn\"}");
    assertThat(whole.at("/choices/0/finish_reason").asText()).isEqualTo("tool_calls");
    assertThat(Json.read(post(MESSAGES, false).body()).at("/content/0/input/city").asText())
        .isEqualTo("Bonn");
    assertThat(post(MESSAGES, true).body()).contains("input_json_delta");
    assertThat(Json.read(post(OLLAMA, false).body()).at("/message/tool_calls")).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "/v1/chat/completions, 429, rate_limit_exceeded",
    "/v1/chat/completions, 401, invalid_api_key",
    "/v1/chat/completions, 500, server_error",
    "/v1/messages, 529, overloaded_error",
    "/v1/messages, 403, permission_error",
    "/v1/messages, 400, invalid_request_error",
    "/api/chat, 503, server busy"
  })
  void errorsHaveTheDocumentedBodies(String path, int status, String named) throws Exception {
    fake.next(Behaviour.status(status).header("retry-after", "7"));

    HttpResponse<String> response = post(path, true);

    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(response.body()).contains(named);
    assertThat(response.headers().firstValue("retry-after")).hasValue("7");
  }

  @Test
  void nextComesBeforeAlways() throws Exception {
    fake.always(call -> Behaviour.answer(call.json().path("model").asText()));
    fake.next(Behaviour.status(500), Behaviour.json("{}").code(201));

    assertThat(post(CHAT, false).statusCode()).isEqualTo(500);
    assertThat(post("/v1/embeddings", false).statusCode()).isEqualTo(201);
    assertThat(post(CHAT, false).body()).contains("\"content\":\"m\"");
    assertThat(post("/nowhere", false).statusCode()).isEqualTo(404);
  }

  @Test
  void recordsTheExactRequest() throws Exception {
    send(CHAT, "{ \"model\" : \"ä\" }");

    RecordedCall call = fake.lastCall();
    assertThat(call.method()).isEqualTo("POST");
    assertThat(call.path()).isEqualTo(CHAT);
    assertThat(call.body()).isEqualTo("{ \"model\" : \"ä\" }".getBytes(UTF_8));
    assertThat(call.header("X-Test")).isEqualTo("yes");
    assertThat(call.awaitEnd(SOON)).isEqualTo(RecordedCall.State.ANSWERED);
    assertThat(call.endedNanos()).isGreaterThan(call.receivedNanos());
    assertThat(fake.openCalls()).isZero();
  }

  @Test
  void refusesAndAcceptsAgainOnTheSamePort() throws Exception {
    post(CHAT, false);
    fake.refuse();
    assertThatThrownBy(() -> post(CHAT, false)).isInstanceOf(ConnectException.class);
    fake.accept();
    assertThat(post(CHAT, false).statusCode()).isEqualTo(200);
  }

  @Test
  void cutsBeforeHeadersAndAfterEvents() throws Exception {
    fake.next(
        Behaviour.cut(),
        Behaviour.answer("one two three").cutAfter(2),
        Behaviour.answer("one two three").cutAfter(2));

    assertThat(exchange(CHAT, true)).isEmpty();
    assertThat(exchange(CHAT, true))
        .startsWith("HTTP/1.1 200")
        .contains("\"two \"")
        .doesNotContain("three", "\r\n0\r\n");
    assertThat(exchange(CHAT, false)).contains("content-length").doesNotContain("usage");
    assertThat(fake.lastCall().state()).isEqualTo(RecordedCall.State.CUT);
  }

  @Test
  void silenceKeepsTheConnectionOpenAndSeesTheCallerLeave() throws Exception {
    fake.next(Behaviour.silent(), Behaviour.answer("one two").silentAfter(1), Behaviour.hang());

    try (InputStream first = open(CHAT).body();
        InputStream second = open(CHAT).body()) {
      byte[] seen = new byte[8];
      assertThat(second.readNBytes(seen, 0, 8)).isEqualTo(8);
      try (Socket third = raw(CHAT, true)) {
        fake.awaitOpenCalls(3, SOON);
        assertThat(third.isConnected()).isTrue();
      }
      assertThat(fake.awaitCalls(3, SOON).get(2).awaitEnd(SOON)).isEqualTo(RecordedCall.State.LEFT);
      assertThat(first.available()).isZero();
    }
    fake.awaitOpenCalls(0, SOON);
    assertThat(fake.calls()).allMatch(RecordedCall::callerLeft);
    assertThat(fake.mostOpenCalls()).isEqualTo(3);
  }

  @Test
  void errorEventsAndMissingEnds() throws Exception {
    fake.next(
        Behaviour.answer("one two").errorEventAt(1),
        Behaviour.answer("one two").errorEventFirst(),
        Behaviour.answer("one two").endsAfter(1));

    assertThat(post(MESSAGES, true).body())
        .contains("\"one \"", "event: error", "overloaded_error")
        .doesNotContain("two", "message_stop");
    assertThat(post(CHAT, true).body()).startsWith("data: {\"error\"");
    assertThat(post(CHAT, true).body()).contains("\"one \"").doesNotContain("two", "[DONE]");
  }

  @Test
  void garbage() throws Exception {
    fake.next(
        Behaviour.html(),
        Behaviour.truncatedJson(),
        Behaviour.truncatedJson(),
        Behaviour.empty(),
        Behaviour.emptyStream(),
        Behaviour.randomBytes(100),
        Behaviour.raw("text/event-stream", ": hi\n\n".getBytes(UTF_8), "x".getBytes(UTF_8)));

    assertThat(post(CHAT, true).body()).startsWith("<!doctype html>");
    assertThat(post(CHAT, false).body()).startsWith("{\"id\"").doesNotEndWith("}");
    assertThat(post(OLLAMA, true).body()).endsWith("\"ro\n");
    HttpResponse<String> empty = post(CHAT, false);
    assertThat(empty.body()).isEmpty();
    assertThat(empty.headers().firstValue("content-length")).hasValue("0");
    HttpResponse<String> noEvents = post(CHAT, true);
    assertThat(noEvents.body()).isEmpty();
    assertThat(noEvents.headers().firstValue("content-type").orElseThrow())
        .startsWith("text/event-stream");
    assertThat(exchange(CHAT, false)).contains("content-length: 100");
    assertThat(post(CHAT, true).body()).isEqualTo(": hi\n\nx");
  }

  @Test
  void shreddedHugeAndCompressed() throws Exception {
    fake.next(
        Behaviour.answer("größer als ein Byte").shredded(1),
        Behaviour.hugeEvent(3_000_000),
        Behaviour.answer("one two").gzip(),
        Behaviour.answer("one two").gzip());

    assertThat(exchange(CHAT, true)).contains("\r\n1\r\nd\r\n1\r\na\r\n").endsWith("0\r\n\r\n");
    assertThat(post(CHAT, true).body()).hasSizeGreaterThan(3_000_000);
    assertThat(unzipped(true)).contains("one ").endsWith("[DONE]\n\n");
    assertThat(Json.read(unzipped(false)).at("/choices/0/message/content").asText())
        .isEqualTo("one two");
  }

  @Test
  void waitsWhereItIsToldTo() throws Exception {
    fake.next(
        Behaviour.answer("one two")
            .slowFirstByte(Duration.ofMillis(60))
            .slowFirstEvent(Duration.ofMillis(30))
            .gap(Duration.ofMillis(60)));

    post(CHAT, true);

    RecordedCall call = fake.lastCall();
    assertThat(Duration.ofNanos(call.endedNanos() - call.receivedNanos()))
        .isBetween(Duration.ofMillis(145), SOON);
  }

  @Test
  void anUnmetWaitSaysWhatItSaw() {
    assertThatThrownBy(() -> fake.awaitOpenCalls(1, Duration.ofMillis(10)))
        .isInstanceOf(AssertionError.class)
        .hasMessage("0 calls are open, not 1, after 10 ms");
  }

  private HttpResponse<String> post(String path, boolean stream)
      throws IOException, InterruptedException {
    return client.send(request(path, stream), BodyHandlers.ofString());
  }

  private String unzipped(boolean stream) throws IOException, InterruptedException {
    HttpResponse<byte[]> zipped = client.send(request(CHAT, stream), BodyHandlers.ofByteArray());
    assertThat(zipped.headers().firstValue("content-encoding")).hasValue("gzip");
    try (InputStream plain = new GZIPInputStream(new ByteArrayInputStream(zipped.body()))) {
      return new String(plain.readAllBytes(), UTF_8);
    }
  }

  private HttpResponse<InputStream> open(String path) throws IOException, InterruptedException {
    return client.send(request(path, true), BodyHandlers.ofInputStream());
  }

  private HttpResponse<String> send(String path, String body)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create(fake.url() + path))
            .header("x-test", "yes")
            .POST(HttpRequest.BodyPublishers.ofString(body))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private HttpRequest request(String path, boolean stream) {
    return HttpRequest.newBuilder(URI.create(fake.url() + path))
        .POST(HttpRequest.BodyPublishers.ofString(body(stream)))
        .build();
  }

  private static String body(boolean stream) {
    return "{\"model\":\"m\",\"messages\":[],\"stream\":" + stream + "}";
  }

  /** What comes over the socket, to the byte, until the fake closes it. */
  private String exchange(String path, boolean stream) throws IOException {
    try (Socket socket = raw(path, stream)) {
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
    }
  }

  private Socket raw(String path, boolean stream) throws IOException {
    byte[] body = body(stream).getBytes(UTF_8);
    Socket socket = new Socket("127.0.0.1", fake.port());
    socket.setSoTimeout((int) SOON.toMillis());
    String head =
        "POST %s HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: %d\r\n\r\n"
            .formatted(path, body.length);
    socket.getOutputStream().write(head.getBytes(UTF_8));
    socket.getOutputStream().write(body);
    return socket;
  }
}
