package io.aigateway.packaged;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Calls a gateway as a plain HTTP client. */
final class Http {
  static final String CHAT = "/v1/chat/completions";

  private static final HttpClient CLIENT =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  private Http() {}

  /** What came back. */
  record Reply(int status, HttpResponse<String> response) {
    String body() {
      return response.body();
    }

    String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    JsonNode json() {
      return Http.json(body());
    }

    /** The payloads of the stream's events, in order. */
    List<String> events() {
      return Arrays.stream(body().split("\n\n"))
          .filter(frame -> frame.startsWith("data: "))
          .map(frame -> frame.substring("data: ".length()))
          .toList();
    }

    /** The text of the answer, whole or streamed. */
    String text() {
      if (!header("content-type").startsWith("text/event-stream")) {
        return json().at("/choices/0/message/content").asText();
      }
      StringBuilder text = new StringBuilder();
      for (String event : events()) {
        if (event.startsWith("{")) {
          text.append(Http.json(event).at("/choices/0/delta/content").asText(""));
        }
      }
      return text.toString();
    }
  }

  static JsonNode json(String text) {
    try {
      return Json.read(text.getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + text, e);
    }
  }

  /** A chat request with the smallest body. */
  static String body(String model, boolean stream) {
    return "{\"model\":\""
        + model
        + "\",\"stream\":"
        + stream
        + ",\"messages\":[{\"role\":\"user\",\"content\":\"Say hello.\"}]}";
  }

  static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri)
        .timeout(Duration.ofSeconds(20))
        .header("authorization", "Bearer " + GatewayProcess.KEY);
  }

  static HttpRequest.Builder post(GatewayProcess gateway, String path, String body) {
    return request(gateway.uri(path))
        .header("content-type", "application/json")
        .POST(BodyPublishers.ofString(body));
  }

  static Reply chat(GatewayProcess gateway, String model, boolean stream) {
    return send(post(gateway, CHAT, body(model, stream)));
  }

  static Reply chat(GatewayProcess gateway, String body) {
    return send(post(gateway, CHAT, body));
  }

  static Reply get(GatewayProcess gateway, String path) {
    return send(request(gateway.uri(path)).GET());
  }

  static Reply send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response = CLIENT.send(request.build(), BodyHandlers.ofString());
      return new Reply(response.statusCode(), response);
    } catch (IOException e) {
      throw new AssertionError("no answer: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
  }
}
