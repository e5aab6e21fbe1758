package io.aigateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.http.StubRequest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.camel.Exchange;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.DefaultExchange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReceiveTest {
  private final WarmUpToken token = new WarmUpToken(() -> "secret");
  private final Receive step =
      new Receive(
          List.of(new OpenAiCaller()),
          () -> "made",
          () -> 42,
          Clock.fixed(Instant.ofEpochSecond(99), ZoneOffset.UTC),
          token);

  private Call receive(StubRequest request) {
    Exchange exchange = new DefaultExchange(new DefaultCamelContext());
    exchange.getMessage().setBody(request);
    step.openai(exchange);
    return Call.of(exchange);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "A-Z_a.z-0", "0123456789abcdef"})
  void plainRequestIdIsKept(String id) {
    assertThat(receive(new StubRequest("/").with("X-Request-ID", id)).id()).isEqualTo(id);
  }

  @Test
  void requestIdOf128IsKeptAndALongerOneReplaced() {
    String longest = "x".repeat(128);

    assertThat(receive(new StubRequest("/").with("x-request-id", longest)).id()).isEqualTo(longest);
    assertThat(receive(new StubRequest("/").with("x-request-id", longest + "x")).id())
        .isEqualTo("made");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "a b", "a\r\nset-cookie: x", "ü", "a/b", "<script>", "a:b"})
  void otherRequestIdIsReplaced(String id) {
    assertThat(receive(new StubRequest("/").with("x-request-id", id)).id()).isEqualTo("made");
  }

  @Test
  void callKnowsWhenItBegan() {
    Call call = receive(new StubRequest("/v1"));

    assertThat(call.startedNanos()).isEqualTo(42);
    assertThat(call.createdSeconds()).isEqualTo(99);
  }

  @Test
  void callerThatLeavesEndsTheProvidersCall() {
    StubRequest request = new StubRequest("/");
    boolean[] cancelled = new boolean[1];
    receive(request).upstream(() -> cancelled[0] = true);

    request.leave();

    assertThat(cancelled[0]).isTrue();
  }

  @Test
  void warmUpIsKnownByItsTokenUntilItIsOver() {
    StubRequest request = new StubRequest("/").with(WarmUpToken.HEADER, "secret");

    assertThat(receive(new StubRequest("/").with(WarmUpToken.HEADER, "guess")).isWarmUp())
        .isFalse();
    assertThat(receive(request).isWarmUp()).isTrue();
    token.close();
    assertThat(receive(request).isWarmUp()).isFalse();
  }
}
