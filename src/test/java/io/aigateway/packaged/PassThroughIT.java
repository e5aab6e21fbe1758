package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.OPENAI;
import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.fake.Behaviour;
import io.aigateway.fake.RecordedCall;
import io.aigateway.packaged.Http.Reply;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Between equal dialects, do the bytes come through as they were? */
class PassThroughIT {
  private static final String ODD =
      "{ \"zeta\" : 1.0,\t\"alpha\":1e2, \"unknown_to_us\":{\"b\":[1.50, -0 ,null],\"a\":\"\\u00e9é\"},"
          + "\n\"temperature\":1.0,\"temperature\":0.50,\"model\":\"gpt-4o\","
          + "\"messages\": [ {\"content\":\"hi\\/there\", \"role\":\"user\", \"extra\":1E-3} ] }\r\n";

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  @Test
  void requestReachesTheProviderByteByByte() {
    Reply reply = Http.chat(GATEWAY, ODD);

    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(OPENAI.lastCall().text()).isEqualTo(ODD);
  }

  @Test
  void onlyTheModelsNameChangesWhenAProviderWasNamed() {
    Reply reply = Http.chat(GATEWAY, ODD.replace("\"gpt-4o\"", "\"openai/gpt-4o\""));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(OPENAI.lastCall().text()).isEqualTo(ODD);
    assertThat(reply.header("x-gateway-model")).isEqualTo("gpt-4o");
  }

  @Test
  void streamAsksForUsageAndShowsItOnlyToWhoAsked() {
    // given
    String body = ODD.replace("\"model\"", "\"stream\":true,\"model\"");

    // when
    Reply unasked = Http.chat(GATEWAY, body);
    RecordedCall call = OPENAI.lastCall();
    Reply asked =
        Http.chat(
            GATEWAY,
            body.replace("\"model\"", "\"stream_options\":{\"include_usage\":true},\"model\""));

    // then
    assertThat(call.json().at("/stream_options/include_usage").asBoolean()).isTrue();
    assertThat(call.text()).contains("\"temperature\":1.0,\"temperature\":0.50", "1e2", "1E-3");
    assertThat(unasked.body()).doesNotContain("prompt_tokens");
    assertThat(asked.events().stream().filter(event -> event.contains("prompt_tokens"))).hasSize(1);
  }

  @Test
  void answerComesBackByteByByteButForTheGatewaysField() {
    String answer =
        "{\"id\" : \"c1\",\"object\":\"chat.completion\",\"created\":1,\"model\":\"m\",\"zeta\":1.0,"
            + "\"big\":12345678901234567890,\"choices\":[{\"index\":0,\"message\":{\"role\":"
            + "\"assistant\",\"content\":\"\\u00e9\",\"odd\":1e2},\"finish_reason\":\"stop\"}],"
            + "\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3} }";
    OPENAI.always(Behaviour.json(answer));

    Reply reply = Http.chat(GATEWAY, "gpt-4o", false);

    String body = reply.body();
    int field = body.indexOf(",\"x_gateway\":{");
    assertThat(field).isPositive();
    assertThat(body.substring(0, field) + body.substring(body.indexOf('}', field) + 1))
        .isEqualToIgnoringWhitespace(answer);
    assertThat(body).startsWith(answer.substring(0, answer.length() - 2).trim());
    assertThat(reply.json().at("/x_gateway/request_id").asText())
        .isEqualTo(reply.header("x-request-id"));
  }

  @Test
  void unknownEventsAndFieldsOfAStreamPass() {
    String odd =
        ": a comment\n\ndata: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,"
            + "\"model\":\"m\",\"odd\" : 1.0,\"choices\":[{\"index\":0,\"delta\":{\"content\":\"hi\","
            + "\"odd\":1e2},\"finish_reason\":null}]}\n\n";
    String end =
        "data: {\"id\":\"c\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}"
            + "\n\ndata: [DONE]\n\n";
    OPENAI.always(Behaviour.raw("text/event-stream", bytes(odd), bytes(end)));

    Reply reply = Http.chat(GATEWAY, "gpt-4o", true);

    assertThat(reply.body()).startsWith(odd).endsWith("data: [DONE]\n\n");
    assertThat(reply.body().split("x_gateway", -1)).hasSize(2);
  }

  @Test
  void callersKeyAndHeadersStayHere() {
    Http.send(
        Http.post(GATEWAY, Http.CHAT, Http.body("gpt-4o", false))
            .header("x-api-key", GatewayProcess.KEY)
            .header("cookie", "session=canary")
            .header("x-custom", "canary")
            .header("te", "trailers")
            .header("keep-alive", "timeout=5")
            .header("proxy-authorization", "Basic canary")
            .header("x-forwarded-for", "10.1.2.3"));

    RecordedCall call = OPENAI.lastCall();
    assertThat(call.header("authorization")).isEqualTo("Bearer " + SharedGateway.OPENAI_KEY);
    assertThat(call.headers().toString())
        .doesNotContain(GatewayProcess.KEY, "canary\"", "10.1.2.3");
    assertThat(call.headers())
        .doesNotContainKeys(
            "x-api-key", "cookie", "te", "keep-alive", "proxy-authorization", "x-custom");
    assertThat(call.path()).isEqualTo("/v1/chat/completions");
  }

  @Test
  void providersConnectionHeadersAndCookiesStayThere() {
    OPENAI.always(
        Behaviour.answer("hi")
            .header("keep-alive", "timeout=5")
            .header("connection", "keep-alive, x-hop")
            .header("x-hop", "1")
            .header("proxy-authenticate", "Basic")
            .header("trailer", "x-t")
            .header("set-cookie", "session=1")
            .header("server", "secret-server"));

    Reply reply = Http.chat(GATEWAY, "gpt-4o", false);

    Set<String> names =
        reply.response().headers().map().keySet().stream()
            .map(name -> name.toLowerCase(Locale.ROOT))
            .collect(java.util.stream.Collectors.toSet());
    assertThat(names)
        .doesNotContain(
            "keep-alive", "x-hop", "proxy-authenticate", "trailer", "set-cookie", "server");
  }

  @Test
  void headersOfTheCallerDoNotSteerTheGateway() {
    Reply reply =
        Http.send(
            Http.post(GATEWAY, Http.CHAT, Http.body("gpt-4o", false))
                .header("CamelHttpUri", "http://127.0.0.1:1/")
                .header("CamelHttpPath", "/x")
                .header("x-gateway-warm-up", "guess"));

    assertThat(reply.status()).isEqualTo(200);
    assertThat(OPENAI.calls()).hasSize(1);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void vectorsComeInTheFormThatWasAskedFor() {
    OPENAI.always(
        Behaviour.json(
            """
            {"object":"list","model":"m","data":[
              {"object":"embedding","index":0,"embedding":[0.5,0.25]}],
             "usage":{"prompt_tokens":4,"total_tokens":4}}
            """));
    String asked = "{\"model\":\"text-embedding-3-small\",\"input\":\"one\"";

    Reply numbers = Http.send(Http.post(GATEWAY, "/v1/embeddings", asked + "}"));
    Reply packed =
        Http.send(Http.post(GATEWAY, "/v1/embeddings", asked + ",\"encoding_format\":\"base64\"}"));

    assertThat(numbers.json().at("/data/0/embedding/1").asDouble()).isEqualTo(0.25);
    assertThat(packed.json().at("/data/0/embedding").asText()).isEqualTo("AAAAPwAAgD4=");
  }
}
