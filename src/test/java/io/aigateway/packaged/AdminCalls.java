package io.aigateway.packaged;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.packaged.Http.Reply;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** Calls of the admin API of one gateway, as one user. */
record AdminCalls(GatewayProcess gateway, String authorization) {
  static final String PASSWORD = "canary-admin-password";

  static AdminCalls of(GatewayProcess gateway) {
    return of(gateway, "admin", PASSWORD);
  }

  static AdminCalls of(GatewayProcess gateway, String user, String password) {
    return new AdminCalls(gateway, basic(user, password));
  }

  static String basic(String user, String password) {
    return "Basic "
        + Base64.getEncoder()
            .encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
  }

  HttpRequest.Builder request(String method, String path, String body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.uri(path))
            .timeout(Duration.ofSeconds(20))
            .method(
                method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    return authorization.isEmpty() ? request : request.header("authorization", authorization);
  }

  Reply send(String method, String path, String body) {
    return Http.send(request(method, path, body));
  }

  Reply get(String path) {
    return send("GET", path, "");
  }

  Reply post(String path, String body) {
    return send("POST", path, body);
  }

  Reply put(String path, String body) {
    return send("PUT", path, body);
  }

  Reply delete(String path) {
    return send("DELETE", path, "");
  }

  /** Makes a tenant, and gives its key. */
  String tenant(String id, String fields) {
    Reply made = post("/admin/tenants", "{\"id\":\"" + id + "\"" + fields + "}");
    if (made.status() != 201) {
      throw new AssertionError(made.body());
    }
    return made.json().path("api_key").asText();
  }

  JsonNode json(String path) {
    return get(path).json();
  }

  /** The status of a chat with this key. */
  static Reply chat(GatewayProcess gateway, String key, String model) {
    return Http.send(
        HttpRequest.newBuilder(gateway.uri(Http.CHAT))
            .timeout(Duration.ofSeconds(20))
            .header("content-type", "application/json")
            .header("x-api-key", key)
            .POST(BodyPublishers.ofString(Http.body(model, false))));
  }
}
