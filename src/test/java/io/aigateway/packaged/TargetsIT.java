package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.aigateway.fake.Behaviour;
import io.aigateway.fake.FakeProvider;
import io.aigateway.fake.RecordedCall;
import io.aigateway.packaged.Http.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Does what stands around calls hold when providers misbehave and callers leave? */
class TargetsIT {
  private static final Duration SOON = Duration.ofSeconds(8);
  private static final Duration AT_ONCE = Duration.ofMillis(500);

  private static final FakeProvider AGAIN = new FakeProvider();
  private static final FakeProvider NARROW = new FakeProvider();
  private static final FakeProvider ONE = new FakeProvider();
  private static final FakeProvider TWO = new FakeProvider();
  private static final List<FakeProvider> FAKES = List.of(AGAIN, NARROW, ONE, TWO);

  private static GatewayProcess gateway;

  @BeforeAll
  static void start() {
    Path routes = SharedGateway.folder();
    provider(routes, "again", AGAIN, "retries: 3", "retryBackoff: 1ms", "retryWithin: 9s");
    provider(routes, "narrow", NARROW, "maxConcurrent: 1", "maxQueue: 2", "queueTimeout: 3s");
    provider(routes, "one", ONE);
    provider(routes, "two", TWO);
    SharedGateway.write(
        routes,
        "race.camel.yaml",
        """
        - beans:
            - name: race
              type: io.aigateway.targets.Hedge
              properties:
                delay: 300ms
        """);
    SharedGateway.write(
        routes,
        "route-model.camel.yaml",
        policy(
            rule("again", "failoverLoadBalancer: {}", "again"),
            rule("spared", "failoverLoadBalancer: {}", "again", "two"),
            rule("narrow", "failoverLoadBalancer: {}", "narrow"),
            rule("roomy", "failoverLoadBalancer: {}", "narrow", "two"),
            rule("race", "customLoadBalancer: {ref: race}", "one", "two")));
    SharedGateway.write(routes, "slow-chat.camel.yaml", SLOW_DOOR);
    gateway =
        GatewayProcess.gateway()
            .routes(routes)
            .property("gateway.routes.accepted.bean-types", "java.lang.Thread")
            .env("AGAIN_API_KEY", "k-canary-again")
            .env("NARROW_API_KEY", "k-canary-narrow")
            .env("ONE_API_KEY", "k-canary-one")
            .env("TWO_API_KEY", "k-canary-two")
            .env("BREAKER_OPEN", "1")
            .env("BREAKER_MINIMUM_CALLS", "1000000")
            .env("BREAKER_CONSECUTIVE_FAILURES", "20")
            .start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    FAKES.forEach(FakeProvider::close);
  }

  @BeforeEach
  void reset() {
    for (FakeProvider fake : FAKES) {
      fake.awaitOpenCalls(0, SOON);
      fake.accept().clear().always(Behaviour.answer("Hello from the fake provider."));
    }
    // what failed in another test is forgotten
    await().atMost(SOON).until(() -> Http.chat(gateway, "again/x", false).status() == 200);
    AGAIN.clear();
  }

  private static void provider(Path routes, String name, FakeProvider fake, String... parameters) {
    StringBuilder more = new StringBuilder();
    for (String parameter : parameters) {
      more.append("                    ").append(parameter).append('\n');
    }
    String file = SharedGateway.provider(name, fake.openAiUrl(), "5s", "10s");
    SharedGateway.write(
        routes,
        "provider-" + name + ".camel.yaml",
        file.replaceFirst("( *)dialect: openai\n", "$1dialect: openai\n" + more));
  }

  private static String policy(String... rules) {
    String anchor = "              - id: route-model-gpt\n";
    return SharedGateway.builtIn("route-model.camel.yaml")
        .replace(anchor, String.join("", rules) + anchor);
  }

  private static String rule(String name, String balancer, String... targets) {
    StringBuilder rule =
        new StringBuilder(
            """
            - id: route-model-NAME
              description: A rule of our own
              expression:
                simple:
                  expression: "${variable.model} startsWith 'NAME-'"
              steps:
                - loadBalance:
                    id: route-model-NAME-chain
                    description: As it says
                    BALANCER
                    steps:
            """
                .replace("NAME", name)
                .replace("BALANCER", balancer));
    for (String target : targets) {
      rule.append(
          """
                    - to:
                        id: route-model-NAME-TARGET
                        description: TARGET
                        uri: direct
                        parameters:
                          name: provider-TARGET
          """
              .indent(2)
              .replace("NAME", name)
              .replace("TARGET", target));
    }
    return rule.toString().indent(14);
  }

  private static final String SLOW_DOOR =
      """
      - route:
          id: slow-chat
          description: A door with a step that blocks its thread
          routeConfigurationId: edge
          from:
            id: slow-chat-receive
            description: POST /slow/chat
            uri: platform-http:/slow/chat
            parameters:
              httpMethodRestrict: POST
            steps:
              - bean:
                  id: slow-chat-begin
                  description: Begin the call
                  ref: receive
                  method: openai
              - bean:
                  id: slow-chat-sleep
                  description: Sleep
                  beanType: java.lang.Thread
                  method: "sleep(1)"
              - to:
                  id: slow-chat-join
                  description: Join the spine
                  uri: direct
                  parameters:
                    name: chat
      """;

  private static double metric(String name, String labels) {
    return Metrics.of(gateway).value(name, labels);
  }

  private static JsonNode breaker(String provider) {
    for (JsonNode each : Http.get(gateway, "/health").json().path("providers")) {
      if (each.path("name").asText().equals(provider)) {
        return each.path("breaker");
      }
    }
    throw new AssertionError("no provider " + provider);
  }

  private static CompletableFuture<Reply> asking(String model, boolean stream) {
    return CompletableFuture.supplyAsync(
        () -> Http.chat(gateway, model, stream), task -> new Thread(task).start());
  }

  // ---- asked again

  @ParameterizedTest
  @ValueSource(ints = {400, 401, 403, 404, 413, 422})
  void refusalIsNotTriedAgain(int status) {
    AGAIN.always(Behaviour.status(status));

    Http.chat(gateway, "again-x", false);

    assertThat(AGAIN.calls()).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {408, 429, 500, 502, 503, 504, 529})
  void failureThatMayPassIsTriedAgainWithinTheBudget(int status) {
    AGAIN.always(Behaviour.status(status));

    Reply reply = Http.chat(gateway, "again-x", true);

    assertThat(reply.header("x-gateway-attempts")).isEqualTo("3");
    assertThat(AGAIN.calls()).hasSize(3);
    assertThat(reply.status()).isIn(429, 502, 504);
    assertThat(Http.chat(gateway, "again-x", false).status()).isIn(429, 502, 504);
  }

  @Test
  void retryAfterIsKeptWhenThereIsTime() {
    AGAIN.next(Behaviour.status(429).header("retry-after", "1"));
    long began = System.nanoTime();

    Reply reply = Http.chat(gateway, "again-x", false);

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.header("x-gateway-attempts")).isEqualTo("2");
    assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofSeconds(1));
  }

  @Test
  void retryAfterThatIsTooFarGoesToTheNextTargetOrToTheCaller() {
    AGAIN.always(Behaviour.status(429).header("retry-after", "30"));

    Reply alone = Http.chat(gateway, "again-x", false);
    assertThat(alone.status()).isEqualTo(429);
    assertThat(alone.header("retry-after")).isEqualTo("30");
    assertThat(AGAIN.calls()).hasSize(1);

    Reply spared = Http.chat(gateway, "spared-x", false);
    assertThat(spared.status()).isEqualTo(200);
    assertThat(spared.header("x-gateway-provider")).isEqualTo("two");
    assertThat(AGAIN.calls()).hasSize(2);
  }

  @Test
  void nobodyIsAskedTwiceWhileAnotherIsLeft() {
    AGAIN.always(Behaviour.status(503));

    Reply reply = Http.chat(gateway, "spared-x", false);

    assertThat(reply.header("x-gateway-provider")).isEqualTo("two");
    assertThat(AGAIN.calls()).hasSize(1);
  }

  @Test
  void leavingDuringTheWaitEndsItAtOnce() {
    AGAIN.always(Behaviour.status(503).header("retry-after", "6"));
    double before = metric("aigateway_requests_total", "provider=\"again\",status=\"499\"");

    RawCaller caller = new RawCaller(gateway).chat("again-x", true);
    AGAIN.awaitCalls(1, SOON);
    AGAIN.awaitOpenCalls(0, SOON);
    caller.close();

    await()
        .atMost(Duration.ofSeconds(2))
        .until(
            () ->
                metric("aigateway_requests_total", "provider=\"again\",status=\"499\"")
                    == before + 1);
    assertThat(AGAIN.calls()).hasSize(1);
  }

  // ---- the queue

  @Test
  void streamHoldsItsPlaceToItsEndAndTheNextOneWaits() {
    NARROW.always(Behaviour.stream(Duration.ofMillis(200), "a ", "b ", "c ", "d "));

    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      replies.add(asking("narrow-x", i != 1));
    }

    assertThat(replies).allSatisfy(reply -> assertThat(reply.join().text()).isEqualTo("a b c d "));
    assertThat(NARROW.mostOpenCalls()).isEqualTo(1);
    assertThat(metric("aigateway_calls_under_way", "narrow")).isZero();
  }

  @Test
  void leavingTheQueueFreesThePlace() {
    NARROW.always(Behaviour.hang());
    RawCaller first = new RawCaller(gateway).chat("narrow-x", false);
    NARROW.awaitCalls(1, SOON);
    RawCaller second = new RawCaller(gateway).chat("narrow-x", true);
    await().atMost(SOON).until(() -> metric("aigateway_queue_length", "narrow") == 1);

    second.close();
    await()
        .atMost(Duration.ofSeconds(1))
        .until(() -> metric("aigateway_queue_length", "narrow") == 0);
    NARROW.always(Behaviour.answer("Hello."));
    CompletableFuture<Reply> third = asking("narrow-x", false);
    await()
        .atMost(SOON)
        .until(() -> metric("aigateway_queue_length", "narrow") == 1 || third.isDone());
    first.close();

    NARROW.awaitOpenCalls(0, SOON);
    assertThat(third.join().status()).isEqualTo(200);
    assertThat(NARROW.calls()).hasSize(2);
    assertThat(metric("aigateway_calls_under_way", "narrow")).isZero();
  }

  @Test
  void whoFindsNoPlaceGoesToTheNextTarget() {
    NARROW.always(Behaviour.hang());
    List<RawCaller> crowd = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      crowd.add(new RawCaller(gateway).chat("narrow-x", false));
    }
    NARROW.awaitCalls(1, SOON);
    await().atMost(SOON).until(() -> metric("aigateway_queue_length", "narrow") == 2);

    Reply roomy = Http.chat(gateway, "roomy-x", false);
    Reply refused = Http.chat(gateway, "narrow-x", false);

    assertThat(roomy.header("x-gateway-provider")).isEqualTo("two");
    assertThat(roomy.header("x-gateway-attempts")).isEqualTo("1");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.header("retry-after")).isEqualTo("1");
    // those who wait are not kept for ever
    await().atMost(SOON).until(() -> metric("aigateway_queue_length", "narrow") == 0);
    assertThat(NARROW.calls()).hasSize(1);
    crowd.forEach(RawCaller::close);
    NARROW.awaitOpenCalls(0, AT_ONCE);
    await().atMost(SOON).until(() -> metric("aigateway_calls_under_way", "narrow") == 0);
  }

  // ---- the race

  @ParameterizedTest
  @ValueSource(strings = {Http.CHAT, "/slow/chat"})
  void firstContentWinsAndTheSilentOneIsLeft(String door) {
    ONE.always(Behaviour.answer("never seen").silentAfter(0));

    Reply reply = Http.send(Http.post(gateway, door, Http.body("race-x", true)));

    assertThat(reply.text()).isEqualTo("Hello from the fake provider.");
    assertThat(reply.header("x-gateway-provider")).isEqualTo("two");
    assertThat(reply.header("x-gateway-attempts")).isEqualTo("2");
    ONE.awaitOpenCalls(0, AT_ONCE);
    assertThat(ONE.lastCall().callerLeft()).isTrue();
  }

  @Test
  void failureOfTheFirstStartsTheSecondAtOnce() {
    ONE.always(Behaviour.status(503));
    double before = metric("aigateway_hedges_total", "");

    Reply reply = Http.chat(gateway, "race-x", false);

    assertThat(reply.header("x-gateway-provider")).isEqualTo("two");
    assertThat(metric("aigateway_hedges_total", "")).isEqualTo(before);
    assertThat(metric("aigateway_fallbacks_total", "from=\"one\",to=\"two\"")).isPositive();
  }

  @Test
  void leavingEndsBothCallsAndCountsForNobody() {
    ONE.always(Behaviour.hang());
    TWO.always(Behaviour.answer("never seen").silentAfter(0));
    int failed = breaker("one").path("failures").asInt();

    RawCaller caller = new RawCaller(gateway).chat("race-x", true);
    ONE.awaitCalls(1, SOON);
    TWO.awaitCalls(1, SOON);
    caller.close();

    ONE.awaitOpenCalls(0, AT_ONCE);
    TWO.awaitOpenCalls(0, AT_ONCE);
    assertThat(breaker("one").path("failures").asInt()).isEqualTo(failed);
    assertThat(ONE.calls()).hasSize(1);
    assertThat(TWO.calls()).hasSize(1);
  }

  @Test
  void loserThatWasAProbeGivesItsPermitBack() {
    // given a provider whose breaker has opened and asks for a probe
    ONE.always(Behaviour.status(500));
    await()
        .atMost(SOON)
        .until(
            () -> {
              Http.chat(gateway, "one/x", false);
              return breaker("one").path("state").asText().equals("open");
            });
    await().atMost(SOON).until(() -> breaker("one").path("state").asText().equals("half_open"));

    // when the probe loses a race
    ONE.clear().always(Behaviour.hang());
    Reply reply = Http.chat(gateway, "race-x", false);
    assertThat(reply.header("x-gateway-provider")).isEqualTo("two");
    assertThat(ONE.awaitCalls(1, SOON)).hasSize(1);
    ONE.awaitOpenCalls(0, AT_ONCE);

    // then the next probes may go
    ONE.always(Behaviour.answer("Hello."));
    assertThat(Http.chat(gateway, "one/x", false).status()).isEqualTo(200);
    assertThat(Http.chat(gateway, "one/x", false).status()).isEqualTo(200);
    assertThat(breaker("one").path("state").asText()).isEqualTo("closed");
  }

  @Test
  void crowdOfRacesLeavesNothingBehind() {
    ONE.always(Behaviour.answer("Hello.").slowFirstByte(Duration.ofMillis(300)));
    TWO.always(Behaviour.answer("Hello.").slowFirstByte(Duration.ofMillis(20)));
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      replies.add(asking("race-x", i % 2 == 0));
    }

    assertThat(replies).allSatisfy(reply -> assertThat(reply.join().text()).isEqualTo("Hello."));
    ONE.awaitOpenCalls(0, SOON);
    TWO.awaitOpenCalls(0, SOON);
    assertThat(breaker("one").path("state").asText()).isEqualTo("closed");
    assertThat(ONE.calls().stream().map(RecordedCall::state).distinct().toList())
        .isSubsetOf(RecordedCall.State.ANSWERED, RecordedCall.State.LEFT);
  }

  // ---- mistakes

  @Test
  void weightsThatDoNotFitStopTheStart() {
    Path routes = SharedGateway.folder();
    SharedGateway.write(
        routes,
        "route-model.camel.yaml",
        policy(rule("odd", "weightedLoadBalancer: {distributionRatio: \"1,2,3\"}", "groq", "xai")));

    try (GatewayProcess odd = GatewayProcess.gateway().routes(routes).launch()) {
      assertThat(odd.awaitExit(Duration.ofSeconds(60))).isEqualTo(1);
      assertThat(odd.log())
          .contains(
              "loadBalance route-model-odd-chain of route route-model (route-model.camel.yaml:")
          .contains("distributionRatio is '1,2,3' for 2 targets; accepted: 2 whole numbers");
    }
  }
}
