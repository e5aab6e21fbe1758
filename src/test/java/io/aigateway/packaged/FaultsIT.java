package io.aigateway.packaged;

import static io.aigateway.packaged.SharedGateway.FIRST;
import static io.aigateway.packaged.SharedGateway.GATEWAY;
import static io.aigateway.packaged.SharedGateway.SPARE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.packaged.Http.Reply;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What does a caller see when a provider fails, with another target behind it and without? */
class FaultsIT {
  /** In what no provider may send us on: it must not come out. */
  private static final String CANARY = "canary-of-the-inside";

  /**
   * A provider's failure that another target can mend.
   *
   * @param behaviour null for a closed port
   * @param status what a caller gets who has no other target
   */
  private record Fault(String name, @Nullable Behaviour behaviour, int status, String code) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Fault> BOTH =
      List.of(
          new Fault("refused", null, 502, "upstream_error"),
          new Fault("hang", Behaviour.hang(), 504, "upstream_timeout"),
          new Fault("silent", Behaviour.silent(), 504, "upstream_timeout"),
          new Fault("401", Behaviour.status(401), 502, "upstream_error"),
          new Fault("403", Behaviour.status(403), 502, "upstream_error"),
          new Fault("408", Behaviour.status(408), 504, "upstream_timeout"),
          new Fault("429", Behaviour.status(429), 429, "rate_limit_exceeded"),
          new Fault("500", Behaviour.status(500), 502, "upstream_error"),
          new Fault("502", Behaviour.html().code(502), 502, "upstream_error"),
          new Fault("503", Behaviour.status(503), 502, "upstream_error"),
          new Fault("504", Behaviour.status(504), 502, "upstream_error"),
          new Fault("529", Behaviour.status(529), 502, "upstream_error"),
          new Fault("redirect", Behaviour.json("{}").code(302), 502, "upstream_error"),
          new Fault("cut before headers", Behaviour.cut(), 502, "upstream_error"),
          new Fault(
              "cut after headers",
              Behaviour.answer("x y").cutAfterHeaders(),
              502,
              "upstream_error"),
          new Fault(
              "cut before content", Behaviour.answer("x y").cutAfter(0), 502, "upstream_error"),
          new Fault("ends too early", Behaviour.answer("x y").endsAfter(0), 502, "upstream_error"),
          new Fault("truncated JSON", Behaviour.truncatedJson(), 502, "upstream_error"),
          new Fault("random bytes", Behaviour.randomBytes(4096), 502, "upstream_error"),
          new Fault("a page", Behaviour.html().header("x-inside", CANARY), 502, "upstream_error"),
          new Fault("another JSON", Behaviour.json("{\"ok\":true}"), 502, "upstream_error"),
          new Fault("empty", Behaviour.empty(), 502, "upstream_error"),
          new Fault("empty stream", Behaviour.emptyStream(), 502, "upstream_error"),
          new Fault(
              "error event first",
              Behaviour.answer("x y").errorEventFirst(),
              502,
              "upstream_error"),
          new Fault(
              "error event before content",
              Behaviour.answer("x y").errorEventAt(0),
              502,
              "upstream_error"));

  static Stream<Arguments> faults() {
    return BOTH.stream()
        .flatMap(fault -> Stream.of(Arguments.of(fault, false), Arguments.of(fault, true)));
  }

  @BeforeEach
  void reset() {
    SharedGateway.reset();
  }

  private static void play(Fault fault) {
    if (fault.behaviour() == null) {
      FIRST.refuse();
    } else {
      FIRST.always(fault.behaviour());
    }
  }

  @ParameterizedTest(name = "{0}, streamed {1}")
  @MethodSource("faults")
  void failureOfTheOnlyTargetIsTold(Fault fault, boolean stream) {
    // given
    play(fault);

    // when
    Reply reply = Http.chat(GATEWAY, "solo-model", stream);

    // then
    assertThat(reply.status()).as(reply.body()).isEqualTo(fault.status());
    JsonNode error = reply.json().path("error");
    assertThat(error.path("code").asText()).isEqualTo(fault.code());
    assertThat(error.path("message").asText())
        .contains("first")
        .doesNotContain("It works", "java", "io.", "127.0.0.1", "sk-canary");
    assertThat(reply.header("x-request-id")).isNotEmpty();
    assertThat(reply.header("x-gateway-attempts")).isEqualTo("1");
    assertThat(reply.header("retry-after")).isEqualTo(fault.status() == 429 ? "5" : "");
    FIRST.awaitOpenCalls(0, Duration.ofSeconds(1));
    assertThat(SPARE.calls()).isEmpty();
  }

  @ParameterizedTest(name = "{0}, streamed {1}")
  @MethodSource("faults")
  void failureGoesToTheNextTarget(Fault fault, boolean stream) {
    // given
    play(fault);
    SPARE.always(Behaviour.answer("served by the spare"));

    // when
    Reply reply = Http.chat(GATEWAY, "chain-model", stream);

    // then
    assertThat(reply.status()).as(reply.body()).isEqualTo(200);
    assertThat(reply.text()).isEqualTo("served by the spare");
    assertThat(reply.header("x-gateway-provider")).isEqualTo("spare");
    assertThat(reply.header("x-gateway-attempts")).isEqualTo("2");
    assertThat(SPARE.calls()).hasSize(1);
    if (stream) {
      assertThat(reply.events()).last().isEqualTo("[DONE]");
      assertThat(reply.body().split("\"role\":\"assistant\"", -1)).hasSize(2);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"cut", "silent", "ends", "error event", "broken event"})
  void failureAfterContentBecomesOneErrorEvent(String how) {
    // given
    Behaviour spoken = Behaviour.stream(Duration.ofMillis(1), "one ", "two ", "three");
    FIRST.always(
        switch (how) {
          case "cut" -> spoken.cutAfter(2);
          case "silent" -> spoken.silentAfter(2);
          case "ends" -> spoken.endsAfter(2);
          case "error event" -> spoken.errorEventAt(2);
          default ->
              Behaviour.raw(
                  "text/event-stream",
                  chunk("one "),
                  chunk("two "),
                  "data: {\"choices\":[{\"ind\n\n"
                      .getBytes(java.nio.charset.StandardCharsets.UTF_8));
        });

    // when
    Reply reply = Http.chat(GATEWAY, "chain-model", true);

    // then
    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text()).isEqualTo("one two ");
    assertThat(reply.events().stream().filter(event -> event.startsWith("{\"error\""))).hasSize(1);
    JsonNode error = Http.json(reply.events().get(reply.events().size() - 1)).path("error");
    assertThat(error.path("message").asText()).startsWith("the answer of first broke off");
    assertThat(error.path("type").asText())
        .isEqualTo(how.equals("silent") ? "timeout_error" : "upstream_error");
    assertThat(SPARE.calls()).isEmpty();
    FIRST.awaitOpenCalls(0, Duration.ofSeconds(1));
  }

  private static byte[] chunk(String text) {
    return ("data: {\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"m\","
            + "\"choices\":[{\"index\":0,\"delta\":{\"content\":\""
            + text
            + "\"},\"finish_reason\":null}]}\n\n")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  @Test
  void wholeCallLimitAfterContentCutsTheStream() {
    // given: 2 s for the whole call, 800 ms between two pieces
    String[] pieces = "a b c d e f g h i j".split("(?<= )");
    FIRST.always(Behaviour.stream(Duration.ofMillis(400), pieces));

    Reply reply = Http.chat(GATEWAY, "chain-model", true);

    assertThat(reply.text()).startsWith("a b ").doesNotContain("j");
    assertThat(reply.events()).last().asString().contains("timeout_error");
    assertThat(SPARE.calls()).isEmpty();
    FIRST.awaitOpenCalls(0, Duration.ofSeconds(1));
  }

  static Stream<Arguments> harmless() {
    return Stream.of(
        Arguments.of("slow", Behaviour.answer("hello you").slowFirstByte(Duration.ofMillis(300))),
        Arguments.of(
            "slow event", Behaviour.answer("hello you").slowFirstEvent(Duration.ofMillis(300))),
        Arguments.of("shredded", Behaviour.answer("hello you").shredded(1)),
        Arguments.of("gzip", Behaviour.answer("hello you").gzip()),
        Arguments.of("shredded gzip", Behaviour.answer("hello you").gzip().shredded(3)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("harmless")
  void whatIsOnlyUnusualIsServed(String name, Behaviour behaviour) {
    FIRST.always(behaviour);

    for (boolean stream : new boolean[] {false, true}) {
      Reply reply = Http.chat(GATEWAY, "chain-model", stream);

      assertThat(reply.status()).isEqualTo(200);
      assertThat(reply.text()).isEqualTo("hello you");
      assertThat(reply.header("x-gateway-attempts")).isEqualTo("1");
      assertThat(reply.header("content-encoding")).isEmpty();
    }
    assertThat(SPARE.calls()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void hugeEventPassesWhole(boolean stream) {
    int size = 5 << 20;
    FIRST.always(Behaviour.hugeEvent(size));

    Reply reply = Http.chat(GATEWAY, "solo-model", stream);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.text()).hasSize(size);
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 404, 413, 422})
  void callersOwnFaultGoesBackWithoutAnotherAttempt(int status) {
    FIRST.always(Behaviour.status(status, "Mind the gap."));

    for (boolean stream : new boolean[] {false, true}) {
      Reply reply = Http.chat(GATEWAY, "chain-model", stream);

      assertThat(reply.status()).isEqualTo(status);
      assertThat(reply.json().at("/error/message").asText()).isEqualTo("Mind the gap.");
      assertThat(reply.header("x-gateway-provider")).isEqualTo("first");
    }
    assertThat(SPARE.calls()).isEmpty();
  }

  @Test
  void retryAfterOfTheProviderIsPassedOn() {
    FIRST.always(Behaviour.status(429).header("retry-after", "17"));

    Reply reply = Http.chat(GATEWAY, "solo-model", false);

    assertThat(reply.header("retry-after")).isEqualTo("17");
  }

  @Test
  void providersMessageIsShownWithoutItsCredential() {
    FIRST.always(Behaviour.status(503, "key " + SharedGateway.FIRST_KEY + " is busy"));

    Reply reply = Http.chat(GATEWAY, "solo-model", false);

    assertThat(reply.json().at("/error/message").asText()).contains("first answered HTTP 503");
    assertThat(reply.body()).doesNotContain(SharedGateway.FIRST_KEY);
    assertThat(GATEWAY.log()).doesNotContain(SharedGateway.FIRST_KEY);
  }

  @Test
  void everyTargetIsNamedWhenAllFailed() {
    FIRST.always(Behaviour.status(500));
    SPARE.always(Behaviour.status(503));

    Reply reply = Http.chat(GATEWAY, "chain-model", false);

    assertThat(reply.status()).isEqualTo(502);
    assertThat(reply.json().at("/error/message").asText())
        .contains("first answered HTTP 500", "spare answered HTTP 503");
    assertThat(reply.header("x-gateway-attempts")).isEqualTo("2");
  }
}
