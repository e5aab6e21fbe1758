package io.aigateway.kubernetes;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.wire.Json;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.PemTrustOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells whoever looks at the pod with {@code kubectl} what they should know. One event is sent at a
 * time; of those that come meanwhile only the last is. Nothing here fails or holds up who tells:
 * what can't be sent is said in the log. Needs the right to create events, and no other. For
 * threads that may read a file.
 */
public final class PodEvents {
  private static final Logger LOG = LoggerFactory.getLogger(PodEvents.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final String COMPONENT = "ai-gateway";

  /** What the API takes of a message. */
  private static final int LONGEST = 1000;

  /** With what is put behind it, what the API takes as a name. */
  private static final int LONGEST_NAME = 200;

  private final Vertx vertx;
  private final ServiceAccount account;
  private final String pod;
  private final String namespace;
  private final Supplier<String> ids;
  private final Clock clock;

  private boolean sending;
  private @Nullable Warning waiting;

  private record Warning(String reason, String message) {}

  /**
   * @param ids in hex, each another
   */
  public PodEvents(
      Vertx vertx,
      ServiceAccount account,
      String pod,
      String namespace,
      Supplier<String> ids,
      Clock clock) {
    this.vertx = vertx;
    this.account = account;
    this.pod = pod;
    this.namespace = namespace;
    this.ids = ids;
    this.clock = clock;
  }

  /**
   * @param reason one word in camel case
   * @param message for a person; cut to what the API takes
   */
  public void warn(String reason, String message) {
    Warning next = new Warning(reason, message);
    synchronized (this) {
      if (sending) {
        waiting = next;
        return;
      }
      sending = true;
    }
    send(next);
  }

  private void send(Warning warning) {
    String token;
    try {
      token = account.token();
    } catch (IOException e) {
      sent("the token can't be read");
      return;
    }
    try {
      post(warning, token);
    } catch (RuntimeException e) {
      // of a token that no header can hold, or an authority that can't be read
      sent(e.getClass().getSimpleName());
    }
  }

  private void post(Warning warning, String token) {
    Buffer body = Buffer.buffer(Json.bytes(event(warning, token)));
    RequestOptions options =
        new RequestOptions()
            .setMethod(HttpMethod.POST)
            .setHost(account.host())
            .setPort(account.port())
            .setURI("/api/v1/namespaces/" + namespace + "/events")
            .setTimeout(TIMEOUT.toMillis())
            .putHeader("authorization", "Bearer " + token)
            .putHeader("content-type", "application/json");
    HttpClient client =
        vertx.createHttpClient(
            new HttpClientOptions()
                .setSsl(true)
                .setVerifyHost(true)
                .setTrustOptions(new PemTrustOptions().addCertPath(account.authority().toString()))
                .setConnectTimeout((int) TIMEOUT.toMillis())
                .setKeepAlive(false));
    client
        .request(options)
        .compose(request -> request.send(body))
        .compose(PodEvents::refusal)
        .onComplete(
            result -> {
              client.close();
              sent(result.failed() ? result.cause().toString() : result.result());
            });
  }

  /** What the API says against it; "" when it was taken. */
  private static Future<String> refusal(HttpClientResponse response) {
    int status = response.statusCode();
    return response.body().map(ignored -> status / 100 == 2 ? "" : "status " + status);
  }

  /**
   * @param problem "" for none
   */
  private void sent(String problem) {
    if (!problem.isEmpty()) {
      LOG.warn("an event could not be told to Kubernetes: {}", problem);
    }
    Warning next;
    synchronized (this) {
      next = waiting;
      waiting = null;
      sending = next != null;
    }
    if (next != null) {
      // the token is a file
      vertx.executeBlocking(
          () -> {
            send(next);
            return "";
          });
    }
  }

  private ObjectNode event(Warning warning, String token) {
    String now = clock.instant().truncatedTo(ChronoUnit.SECONDS).toString();
    ObjectNode event = Json.object().put("apiVersion", "v1").put("kind", "Event");
    event
        .putObject("metadata")
        .put("name", cut(pod, LONGEST_NAME) + "." + ids.get())
        .put("namespace", namespace);
    ObjectNode about =
        event
            .putObject("involvedObject")
            .put("apiVersion", "v1")
            .put("kind", "Pod")
            .put("name", pod)
            .put("namespace", namespace);
    ServiceAccount.podUid(token).ifPresent(uid -> about.put("uid", uid));
    event.putObject("source").put("component", COMPONENT);
    return event
        .put("type", "Warning")
        .put("reason", warning.reason())
        .put("message", cut(warning.message(), LONGEST))
        .put("firstTimestamp", now)
        .put("lastTimestamp", now)
        .put("count", 1)
        .put("reportingComponent", COMPONENT)
        .put("reportingInstance", pod);
  }

  private static String cut(String text, int longest) {
    return text.length() > longest ? text.substring(0, longest) : text;
  }
}
