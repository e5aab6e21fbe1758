package io.aigateway.endpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.call.Call;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.error.ApiError;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.http.StubRequest;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class VerdictTest {
  private static ApiError of(TargetException... failures) {
    Call call =
        new Call(new StubRequest("/"), new OpenAiCaller(), Operation.CHAT, "id", 0, 0, false);
    for (TargetException failure : failures) {
      call.failed(failure.provider(), "m", failure);
    }
    return Verdict.of(call, failures[failures.length - 1]);
  }

  private static TargetException failure(
      String provider, Kind kind, int status, String message, @Nullable Duration retryAfter) {
    return new TargetException(kind, provider, status, message, retryAfter);
  }

  private static TargetException of(String provider, Kind kind) {
    return failure(provider, kind, 0, "the " + kind.label() + " of " + provider, null);
  }

  @Test
  void failuresOfAllTargetsAreABadGatewayThatNamesEach() {
    ApiError error =
        of(
            failure("a", Kind.SERVER_ERROR, 500, "HTTP 500", null),
            failure("b", Kind.SERVER_ERROR, 503, "busy", null),
            of("c", Kind.CONNECT),
            of("d", Kind.BREAKER_OPEN));

    assertThat(error.status()).isEqualTo(502);
    assertThat(error.code()).isEqualTo("upstream_error");
    assertThat(error.message())
        .isEqualTo("a answered HTTP 500; b answered HTTP 503: busy; c: the connect of c");
    assertThat(error.retryAfter()).isNull();
  }

  @Test
  void oneRateLimitAmongThemIsTooManyRequestsUntilTheSoonest() {
    ApiError error =
        of(
            failure("a", Kind.RATE_LIMITED, 429, "x", Duration.ofSeconds(20)),
            failure("b", Kind.RATE_LIMITED, 429, "x", Duration.ofSeconds(7)),
            failure("c", Kind.SERVER_ERROR, 500, "x", null));

    assertThat(error.status()).isEqualTo(429);
    assertThat(error.code()).isEqualTo("rate_limit_exceeded");
    assertThat(error.retryAfter()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void rateLimitWithoutATimeHasTheDefaultOne() {
    assertThat(of(of("a", Kind.RATE_LIMITED)).retryAfter()).isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void onlyTimeoutsAreATimeout() {
    assertThat(of(of("a", Kind.TIMEOUT), of("b", Kind.TIMEOUT)).status()).isEqualTo(504);
    assertThat(of(of("a", Kind.TIMEOUT), of("b", Kind.CONNECT)).status()).isEqualTo(502);
    assertThat(of(of("a", Kind.BREAKER_OPEN), of("b", Kind.TIMEOUT)).status()).isEqualTo(504);
  }

  @Test
  void onlyOpenBreakersAreUnavailableUntilTheSoonestProbe() {
    ApiError error =
        of(
            failure("a", Kind.BREAKER_OPEN, 0, "open", Duration.ofSeconds(9)),
            of("c", Kind.NOT_CONFIGURED),
            failure("b", Kind.BREAKER_OPEN, 0, "open", Duration.ofMillis(1500)));

    assertThat(error.status()).isEqualTo(503);
    assertThat(error.code()).isEqualTo("no_provider_available");
    assertThat(error.retryAfter()).isEqualTo(Duration.ofMillis(1500));
    assertThat(error.hopeless()).isFalse();
  }

  @Test
  void nothingConfiguredIsHopeless() {
    ApiError error = of(of("a", Kind.NOT_CONFIGURED), of("b", Kind.NOT_CONFIGURED));

    assertThat(error.status()).isEqualTo(503);
    assertThat(error.code()).isEqualTo("provider_not_configured");
    assertThat(error.retryAfter()).isNull();
    assertThat(error.hopeless()).isTrue();
  }

  @Test
  void failureThatNoAttemptRecordedIsToldToo() {
    assertThat(Verdict.of(null, of("a", Kind.CONNECT)).message()).contains("a");
  }

  @Test
  void usedUpAttemptsAreNotBlamedOnTheLastTarget() {
    ApiError error =
        of(failure("a", Kind.SERVER_ERROR, 500, "x", null), of("b", Kind.NO_ATTEMPT_LEFT));

    assertThat(error.status()).isEqualTo(502);
    assertThat(error.message()).isEqualTo("a answered HTTP 500: x");
  }

  @Test
  void callersErrorIsToldAsItIs() {
    ApiError own = ApiError.invalid("model", "model is missing");

    assertThat(Verdict.of(null, new RequestException(own))).isEqualTo(own);
  }

  @Test
  void whateverElseIsAnErrorOfTheGatewayThatSaysNothing() {
    ApiError error = Verdict.of(null, new IllegalStateException("canary"));

    assertThat(error.status()).isEqualTo(500);
    assertThat(error.message()).doesNotContain("canary");
    assertThat(Verdict.of(null, new CallerGoneException()).status()).isEqualTo(500);
  }

  @Test
  void brokenStreamIsATimeoutOnlyWhenItWasLate() {
    assertThat(Verdict.ofBrokenStream(of("a", Kind.TIMEOUT)).status()).isEqualTo(504);
    assertThat(Verdict.ofBrokenStream(of("a", Kind.CUT_OFF)).status()).isEqualTo(504);
    assertThat(Verdict.ofBrokenStream(of("a", Kind.BROKEN)).status()).isEqualTo(502);
  }
}
