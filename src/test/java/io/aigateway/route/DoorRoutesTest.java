package io.aigateway.route;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.call.Var;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.HttpAnswer;
import io.aigateway.http.StubRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.Exchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The doors, the spine and where errors become answers. */
class DoorRoutesTest {
  private static final String BODY =
      "{\"model\":\"gpt-5\",\"stream\":true,\"messages\":[{\"role\":\"user\",\"content\":\"x\"}]}";

  /** A step that answers with its own name. */
  public static final class Named {
    public HttpAnswer live(Exchange exchange) {
      return answer("live");
    }

    public HttpAnswer ready(Exchange exchange) {
      return answer("ready");
    }

    public HttpAnswer full(Exchange exchange) {
      return answer("full");
    }

    public HttpAnswer metrics(Exchange exchange) {
      return answer("metrics");
    }

    private static HttpAnswer answer(String name) {
      return HttpAnswer.whole(200, "text/plain", name.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static StubRequest request(String path) {
    return new StubRequest(path).with("x-api-key", "gw-key");
  }

  @Test
  void chatDoorBeginsTheCallAndJoinsTheSpine() {
    try (RouteBench bench = RouteBench.of(List.of("chat"), "chat-completions")) {
      bench.plays(
          "chat",
          exchange -> {
            assertThat(Call.of(exchange).id()).isEqualTo("made");
            exchange.getMessage().setBody(HttpAnswer.json(200, new byte[0]));
          });

      assertThat(bench.ask("/v1/chat/completions", request("/x")).status()).isEqualTo(200);
      assertThat(bench.visited).containsExactly("chat");
    }
  }

  @ParameterizedTest
  @CsvSource({"model file, gpt-4o-transcribe", "file model, gpt-4o-transcribe"})
  void formsModelIsRoutedWhereverItStands(String order, String model) {
    try (RouteBench bench = RouteBench.of(List.of("route-model"), "audio-transcriptions", "chat")) {
      bench.plays(
          "route-model",
          exchange -> {
            assertThat(Var.MODEL.get(exchange)).isEqualTo(model);
            assertThat(Var.PROVIDER.get(exchange)).isEqualTo("");
            assertThat(Call.of(exchange).rest()).isNotNull();
            throw new TargetException(Kind.CONNECT, "p", "refused");
          });

      HttpAnswer answer =
          bench.ask("/v1/audio/transcriptions", form(order.split(" "), model, "--"));

      assertThat(answer.status()).isEqualTo(502);
      assertThat(bench.visited).containsExactly("route-model");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "file, x, --, \"param\":\"model\"",
    "model, x, --, \"param\":\"file\"",
    "model model file, x, --, \"param\":\"model\"",
    "model file, '', --, \"param\":\"model\"",
    "file, x, '', \"param\":null",
    "model, x, xx, \"param\":null",
  })
  void wrongFormIsABadRequestThatNamesItsField(
      String order, String model, String end, String param) {
    try (RouteBench bench = RouteBench.of(List.of("route-model"), "audio-transcriptions", "chat")) {
      HttpAnswer answer = bench.ask("/v1/audio/transcriptions", form(order.split(" "), model, end));

      assertThat(answer.status()).isEqualTo(400);
      assertThat(RouteBench.text(answer)).contains(param);
      assertThat(bench.visited).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"application/json", "multipart/form-data", "multipart/mixed; boundary=b"})
  void whatIsNoFormIsUnsupported(String type) {
    try (RouteBench bench = RouteBench.of(List.of("route-model"), "audio-transcriptions", "chat")) {
      StubRequest form = form(new String[] {"model", "file"}, "x", "--");

      assertThat(bench.ask("/v1/audio/transcriptions", form.with("content-type", type)).status())
          .isEqualTo(415);
    }
  }

  private static StubRequest form(String[] fields, String model, String end) {
    StringBuilder form = new StringBuilder();
    for (String field : fields) {
      form.append("--b\r\ncontent-disposition: form-data; name=\"")
          .append(field)
          .append("\"\r\n\r\n")
          .append(field.equals("model") ? model : "sound")
          .append("\r\n");
    }
    return request("/v1/audio/transcriptions")
        .with("content-type", "multipart/form-data; boundary=b")
        .body(form + "--b" + end);
  }

  @Test
  void errorOfAnyStageIsWrittenAtTheDoorAndSettledOnce() {
    try (RouteBench bench = RouteBench.of(List.of("chat"), "chat-completions")) {
      bench.plays(
          "chat",
          exchange -> {
            throw new TargetException(Kind.CONNECT, "p", "refused");
          });

      HttpAnswer answer = bench.ask("/v1/chat/completions", request("/x"));

      assertThat(answer.status()).isEqualTo(502);
      assertThat(RouteBench.text(answer)).contains("\"upstream_error\"");
      assertThat(bench.meters.get("aigateway.requests").tag("status", "502").counter().count())
          .isEqualTo(1);
    }
  }

  @Test
  void errorOfTheGatewayItselfSaysNothingOfTheInside() {
    try (RouteBench bench = RouteBench.of(List.of("chat"), "chat-completions")) {
      bench.plays(
          "chat",
          exchange -> {
            throw new IllegalStateException("canary");
          });

      HttpAnswer answer = bench.ask("/v1/chat/completions", request("/x"));

      assertThat(answer.status()).isEqualTo(500);
      assertThat(RouteBench.text(answer)).doesNotContain("canary", "Exception");
    }
  }

  @Test
  void spineAuthenticatesReadsRoutesAndSettles() {
    try (RouteBench bench = RouteBench.of(List.of("route-model"), "chat-completions", "chat")) {
      bench.plays(
          "route-model",
          exchange -> {
            assertThat(Var.TENANT.get(exchange)).isEqualTo("default");
            assertThat(Var.MODEL.get(exchange)).isEqualTo("gpt-5");
            assertThat(Var.PROVIDER.get(exchange)).isEqualTo("");
            assertThat(Var.STREAM.get(exchange)).isEqualTo(true);
            throw new TargetException(Kind.TIMEOUT, "p", "late");
          });

      HttpAnswer answer = bench.ask("/v1/chat/completions", request("/x").body(BODY));

      assertThat(bench.visited).containsExactly("route-model");
      assertThat(answer.status()).isEqualTo(504);
      assertThat(bench.meters.get("aigateway.requests").counter().count()).isEqualTo(1);
    }
  }

  @Test
  void spineRefusesAWrongKeyBeforeTheBodyAndAWrongBodyBeforeThePolicy() {
    try (RouteBench bench = RouteBench.of(List.of("route-model"), "chat-completions", "chat")) {
      StubRequest stranger = new StubRequest("/x").with("x-api-key", "wrong").body("no json");

      assertThat(bench.ask("/v1/chat/completions", stranger).status()).isEqualTo(401);
      assertThat(bench.ask("/v1/chat/completions", request("/x").body("{}")).status())
          .isEqualTo(400);
      assertThat(bench.visited).isEmpty();
    }
  }

  @Test
  void whatIsPromisedIsNotImplementedAndItsOtherMethodsAreNotAccepted() {
    try (RouteBench bench = RouteBench.of(List.of(), "usage", "unserved")) {
      assertThat(bench.ask("/v1/usage", request("/v1/usage")).status()).isEqualTo(501);
      HttpAnswer wrong = bench.ask("/", request("/v1/usage").servedUnder("GET"));
      assertThat(wrong.status()).isEqualTo(405);
      assertThat(wrong.headers()).containsSequence("allow", "GET");
    }
  }

  @Test
  void whatNobodyServesIsUnknownOrServedUnderAnotherMethod() {
    try (RouteBench bench = RouteBench.of(List.of(), "unserved")) {
      assertThat(bench.ask("/", request("/nothing")).status()).isEqualTo(404);
      HttpAnswer wrong = bench.ask("/", request("/v1/models").servedUnder("GET"));
      assertThat(wrong.status()).isEqualTo(405);
      assertThat(wrong.headers()).containsSequence("allow", "GET");
    }
  }

  @Test
  void modelsAreShownToCallersWithAKey() {
    try (RouteBench bench = RouteBench.of(List.of(), "models", "models-one")) {
      assertThat(RouteBench.text(bench.ask("/v1/models", request("/v1/models"))))
          .contains("\"object\":\"list\"");
      assertThat(bench.ask("/v1/models", new StubRequest("/v1/models")).status()).isEqualTo(401);
      assertThat(bench.ask("/v1/models/", request("/v1/models/x")).status()).isEqualTo(404);
      assertThat(bench.ask("/v1/models/", new StubRequest("/v1/models/x")).status()).isEqualTo(401);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "health, /health, full",
    "health-live, /health/live, live",
    "health-ready, /health/ready, ready",
    "metrics, /metrics, metrics"
  })
  void whatLetsPeopleSeeInNeedsNoKey(String file, String path, String answer) {
    try (RouteBench bench = RouteBench.of(List.of(), file)) {
      assertThat(RouteBench.text(bench.ask(path, new StubRequest(path)))).isEqualTo(answer);
    }
  }
}
