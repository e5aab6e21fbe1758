package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.Attempt;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.HandTimers;
import io.aigateway.call.Retries;
import io.aigateway.call.Var;
import io.aigateway.chat.ChatReply;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.dialect.openai.OpenAiProvider;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import io.aigateway.targets.CredentialBreakers;
import io.aigateway.tenant.ModelPatterns;
import io.aigateway.tenant.OwnCredential;
import io.aigateway.tenant.Quota;
import io.aigateway.tenant.Scope;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Which credential is used, who gets in, and what is remembered of it? */
class LlmProducerTest {
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Provider PROVIDER =
      new Provider(
          "p",
          new OpenAiProvider(),
          new Address(false, "localhost", 80, ""),
          "",
          "",
          true,
          true,
          new Timeouts(SECOND, SECOND, SECOND, SECOND),
          new ModelDefaults(1),
          List.of());
  private static final Answer ANSWER =
      new Answer.Translated(new ChatReply("id", "m", List.of(), null));

  private final AtomicLong now = new AtomicLong();
  private final Breakers breakers = new Breakers(now::get, (name, from, to, why) -> {});
  private final CredentialBreakers guards =
      new CredentialBreakers(breakers, Duration.ofSeconds(30));
  private final HandTimers timers = new HandTimers();
  private final List<String> used = new ArrayList<>();
  private final List<Upstream.Listener> waiting = new ArrayList<>();
  private final DefaultCamelContext context = new DefaultCamelContext();

  private final Vertx vertx = Vertx.vertx();
  private int ended;
  private StubRequest request = new StubRequest("/");

  @AfterEach
  void close() {
    vertx.close().toCompletionStage().toCompletableFuture().join();
  }

  /** A provider's side with one credential; null waits for the test to answer. */
  private Upstream upstream(String credential, @Nullable RuntimeException failure) {
    return (call, model, listener) -> {
      used.add(credential);
      if (failure != null) {
        listener.failed(failure);
      } else {
        waiting.add(listener);
        call.upstream(() -> listener.failed(new CallerGoneException()));
      }
    };
  }

  private CredentialPool.Member member(String name, @Nullable RuntimeException failure) {
    return new CredentialPool.Member(upstream(name, failure), guards.of("p/" + name));
  }

  private LlmProducer producer(CredentialPool pool, @Nullable Gate gate) {
    LlmComponent component =
        new LlmComponent(
            vertx,
            new Providers(),
            name -> "",
            List.of(new OpenAiProvider()),
            List.of(),
            new LlmComponent.Limits(1 << 20, 3),
            new LlmComponent.Around(new Gates(now::get, timers), guards),
            ProxySettings.of(Map.of()),
            new WarmUpAddress(),
            now::get,
            Clock.systemUTC());
    return new LlmProducer(
        new LlmEndpoint("llm:p", component, "p"),
        PROVIDER,
        pool,
        gate,
        Retries.NONE,
        new LlmComponent.Limits(1 << 20, 3));
  }

  private Exchange ask(LlmProducer producer) {
    request = new StubRequest("/");
    Exchange exchange = new DefaultExchange(context);
    Call call = new Call(request, new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    call.model("m");
    request.onGone(call::cancelUpstream);
    Var.CALL.set(exchange, call);
    producer.process(exchange, doneSync -> ended++);
    return exchange;
  }

  private static TargetException failure(Kind kind, int status, @Nullable Duration wait) {
    return new TargetException(kind, "p", status, "HTTP " + status, wait);
  }

  @Test
  void credentialsAreUsedInTurn() {
    LlmProducer producer =
        producer(new CredentialPool(List.of(member("A", null), member("B", null))), null);
    for (int i = 0; i < 4; i++) {
      Exchange exchange = ask(producer);
      waiting.get(i).answered(ANSWER);
      assertThat(exchange.getMessage().getBody()).isSameAs(ANSWER);
    }

    assertThat(used).containsExactly("A", "B", "A", "B");
    assertThat(ended).isEqualTo(4);
  }

  /** A provider's side that can be asked with other credentials. */
  private Upstream replaceable(String credential, @Nullable RuntimeException failure) {
    Upstream own = upstream(credential, failure);
    return new Upstream() {
      @Override
      public void call(Call call, String model, Listener listener) {
        own.call(call, model, listener);
      }

      @Override
      public Upstream with(String other) {
        return replaceable(other, failure);
      }
    };
  }

  private Exchange askAs(LlmProducer producer, @Nullable String ownCredential) {
    Exchange exchange = new DefaultExchange(context);
    Call call =
        new Call(new StubRequest("/"), new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    call.model("m");
    call.authenticated(
        new Caller(
            "acme",
            "k",
            "key",
            Scope.CALLS,
            ModelPatterns.ALL,
            null,
            List.of(),
            Quota.NONE,
            Quota.NONE,
            Map.of("p", new OwnCredential("acme", "cred-1", ownCredential))));
    Var.CALL.set(exchange, call);
    producer.process(exchange, doneSync -> ended++);
    return exchange;
  }

  @Test
  void tenantsOwnCredentialIsUsedInPlaceOfAllOthersAndNeverReplacedByThem() {
    LlmProducer producer =
        producer(
            new CredentialPool(
                List.of(
                    new CredentialPool.Member(
                        replaceable("A", failure(Kind.UNAUTHORIZED, 401, null)), guards.of("p/A")),
                    member("B", null))),
            null);

    Exchange exchange = askAs(producer, "own");

    assertThat(used).containsExactly("own");
    TargetException failure = exchange.getException(TargetException.class);
    assertThat(failure.kind()).isEqualTo(Kind.UNAUTHORIZED);
    assertThat(failure.effect()).isEqualTo(BreakerEffect.OPEN);
    assertThat(failure.isOfOwnCredential()).isTrue();
    assertThat(failure).hasMessage("with the tenant's own credential: HTTP 401");
    assertThat(breakers.find("p/A").state()).isEqualTo(Breaker.State.CLOSED);
  }

  @Test
  void ownCredentialThatCantBeReadIsNoReasonToUseTheGateways() {
    LlmProducer producer = producer(new CredentialPool(List.of(member("A", null))), null);

    Exchange exchange = askAs(producer, null);

    assertThat(used).isEmpty();
    TargetException failure = exchange.getException(TargetException.class);
    assertThat(failure.kind()).isEqualTo(Kind.NOT_CONFIGURED);
    assertThat(failure).hasMessageContaining("can't be read");
  }

  @Test
  void throttledCredentialIsLeftAloneAndTheNextOneServes() {
    LlmProducer producer =
        producer(
            new CredentialPool(
                List.of(
                    member("A", failure(Kind.RATE_LIMITED, 429, Duration.ofSeconds(7))),
                    member("B", null))),
            null);

    Exchange exchange = ask(producer);
    assertThat(used).containsExactly("A", "B");
    waiting.get(0).answered(ANSWER);

    assertThat(exchange.getException()).isNull();
    assertThat(Call.of(exchange).asked()).isEqualTo(2);
    assertThat(Call.of(exchange).attempts()).extracting(Attempt::status).containsExactly(429, 200);
    assertThat(breakers.find("p/A").state().label()).isEqualTo("open");
    assertThat(breakers.find("p/A").retryAfter()).isEqualTo(Duration.ofSeconds(7));
    used.clear();
    ask(producer);
    ask(producer);
    assertThat(used).containsExactly("B", "B");

    now.addAndGet(Duration.ofSeconds(7).toNanos());
    used.clear();
    ask(producer);
    ask(producer);
    assertThat(used).contains("A");
  }

  @Test
  void refusedCredentialIsLeftAloneForLonger() {
    LlmProducer producer =
        producer(
            new CredentialPool(
                List.of(member("A", failure(Kind.UNAUTHORIZED, 401, null)), member("B", null))),
            null);

    ask(producer);

    assertThat(breakers.find("p/A").retryAfter()).isEqualTo(Duration.ofSeconds(30));
  }

  @Test
  void whenAllAreLeftAloneTheSoonestIsNamedAndTheProvidersBreakerHearsNothing() {
    LlmProducer producer =
        producer(
            new CredentialPool(
                List.of(
                    member("A", failure(Kind.RATE_LIMITED, 429, Duration.ofSeconds(7))),
                    member("B", failure(Kind.RATE_LIMITED, 429, Duration.ofSeconds(4))))),
            null);

    TargetException asked = (TargetException) ask(producer).getException();
    assertThat(asked.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(asked.retryAfter()).isEqualTo(Duration.ofSeconds(4));
    assertThat(asked.effect()).isEqualTo(BreakerEffect.NONE);

    used.clear();
    TargetException skipped = (TargetException) ask(producer).getException();
    assertThat(skipped.kind()).isEqualTo(Kind.BREAKER_OPEN);
    assertThat(skipped.retryAfter()).isEqualTo(Duration.ofSeconds(4));
    assertThat(used).isEmpty();
  }

  @Test
  void failureOfTheProviderItselfIsNoMatterOfTheCredential() {
    LlmProducer producer =
        producer(
            new CredentialPool(
                List.of(member("A", failure(Kind.SERVER_ERROR, 503, null)), member("B", null))),
            null);

    TargetException why = (TargetException) ask(producer).getException();

    assertThat(why.effect()).isEqualTo(BreakerEffect.FAILURE);
    assertThat(used).containsExactly("A");
    assertThat(breakers.find("p/A").state().label()).isEqualTo("closed");
  }

  @Test
  void credentialsShareTheBudgetOfTheRequest() {
    LlmProducer producer =
        producer(
            new CredentialPool(
                List.of(
                    member("A", failure(Kind.RATE_LIMITED, 429, null)),
                    member("B", failure(Kind.RATE_LIMITED, 429, null)),
                    member("C", failure(Kind.RATE_LIMITED, 429, null)),
                    member("D", null))),
            null);

    TargetException why = (TargetException) ask(producer).getException();

    assertThat(why.kind()).isEqualTo(Kind.RATE_LIMITED);
    assertThat(used).containsExactly("A", "B", "C");
    assertThat(breakers.find("p/D").acquire()).as("its use was given back").isNotNull();
  }

  @Test
  void callThatFindsNoPlaceGoesOnToTheNextTarget() {
    Gate gate = new Gate(new GateSettings(1, 0, SECOND), now::get, timers);
    LlmProducer producer =
        producer(
            new CredentialPool(List.of(new CredentialPool.Member(upstream("A", null), null))),
            gate);
    ask(producer);

    Exchange second = ask(producer);
    TargetException why = (TargetException) second.getException();
    assertThat(why.kind()).isEqualTo(Kind.BUSY);
    assertThat(why.wasAsked()).isFalse();
    assertThat(why.retryAfter()).isEqualTo(SECOND);
    assertThat(Call.of(second).asked()).isZero();

    waiting.get(0).answered(ANSWER);
    assertThat(gate.inside()).isZero();
    assertThat(ended).isEqualTo(2);
  }

  @Test
  void streamHoldsItsPlaceToItsEnd() {
    Gate gate = new Gate(new GateSettings(1, 0, SECOND), now::get, timers);
    LlmProducer producer =
        producer(
            new CredentialPool(List.of(new CredentialPool.Member(upstream("A", null), null))),
            gate);
    ask(producer);
    StubStream stream = new StubStream();
    waiting.get(0).answered(new Answer.Streamed(stream));

    assertThat(gate.inside()).isEqualTo(1);
    stream.end(new ReplyStream.Outcome.Complete());
    assertThat(gate.inside()).isZero();
  }

  @Test
  void callerWhoLeavesFreesItsPlace() {
    Gate gate = new Gate(new GateSettings(1, 1, SECOND), now::get, timers);
    LlmProducer producer =
        producer(
            new CredentialPool(List.of(new CredentialPool.Member(upstream("A", null), null))),
            gate);
    ask(producer);
    StubRequest first = request;
    Exchange second = ask(producer);
    StubRequest queued = request;

    queued.leave();
    assertThat(second.getException()).isInstanceOf(CallerGoneException.class);
    assertThat(gate.waiting()).isZero();
    first.leave();

    assertThat(gate.inside()).isZero();
    assertThat(ended).isEqualTo(2);
  }
}
