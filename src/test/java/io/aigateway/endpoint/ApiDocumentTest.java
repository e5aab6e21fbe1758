package io.aigateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.call.Var;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.http.HttpAnswer;
import io.aigateway.http.StubRequest;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiDocumentTest {
  private final ApiDocument document = new ApiDocument();

  private HttpAnswer ask(StubRequest request) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    Var.CALL.set(
        exchange, new Call(request, new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false));
    return document.read(exchange);
  }

  private static String header(HttpAnswer answer, String name) {
    List<String> headers = answer.headers();
    return headers.get(headers.indexOf(name) + 1);
  }

  @Test
  void everybodyGetsTheDocumentAndMayKeepIt() {
    HttpAnswer answer = ask(new StubRequest("/openapi.yaml"));

    assertThat(answer.status()).isEqualTo(200);
    assertThat(String.valueOf(answer.bytes())).contains("openapi: 3.1", "/admin/tenants");
    assertThat(answer.contentType()).isEqualTo("application/yaml");
    assertThat(header(answer, "cache-control")).contains("max-age=");
    assertThat(header(answer, "etag")).matches("\"[0-9a-f]{32}\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "W/%s", "\"other\", %s", "*"})
  void whoHasItAlreadyIsToldSo(String tags) {
    String tag = header(ask(new StubRequest("/openapi.yaml")), "etag");

    HttpAnswer again =
        ask(new StubRequest("/openapi.yaml").with("if-none-match", tags.replace("%s", tag)));

    assertThat(again.status()).isEqualTo(304);
    assertThat(again.contentType()).isNull();
    assertThat(header(again, "etag")).isEqualTo(tag);
  }

  @Test
  void whoHasAnotherOneGetsIt() {
    StubRequest request = new StubRequest("/openapi.yaml").with("if-none-match", "\"0\", nonsense");

    assertThat(ask(request).status()).isEqualTo(200);
  }
}
