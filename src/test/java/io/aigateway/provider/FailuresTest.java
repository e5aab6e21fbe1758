package io.aigateway.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderError;
import io.aigateway.error.BreakerEffect;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FailuresTest {
  private static final Instant NOW = Instant.parse("2026-01-01T00:00:00Z");
  private static final Provider PROVIDER = provider("p", "secret-credential");

  static Provider provider(String name, String credential, String... models) {
    Duration second = Duration.ofSeconds(1);
    return new Provider(
        name,
        new DemoDialect(),
        new Address(false, "localhost", 80, ""),
        credential,
        "P_API_KEY",
        true,
        true,
        new Timeouts(second, second, second, second),
        new ModelDefaults(1),
        List.of(models));
  }

  private static RuntimeException of(int status, @Nullable String message) {
    return Failures.of(
        PROVIDER, status, new ProviderError(message, "their_type", "code", "param"), null, NOW);
  }

  @ParameterizedTest
  @CsvSource({
    "401, UNAUTHORIZED, OPEN",
    "403, FORBIDDEN, NONE",
    "408, TIMEOUT, FAILURE",
    "429, RATE_LIMITED, FAILURE",
    "500, SERVER_ERROR, FAILURE",
    "502, SERVER_ERROR, FAILURE",
    "503, SERVER_ERROR, FAILURE",
    "504, SERVER_ERROR, FAILURE",
    "529, SERVER_ERROR, FAILURE",
    "302, SERVER_ERROR, FAILURE",
    "101, SERVER_ERROR, FAILURE"
  })
  void statusOfATargetsFailureGoesToTheNextTarget(int status, Kind kind, BreakerEffect effect) {
    TargetException failure = (TargetException) of(status, "busy");

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.effect()).isEqualTo(effect);
    assertThat(failure.status()).isEqualTo(status);
    assertThat(failure.provider()).isEqualTo("p");
    assertThat(failure.wasAsked()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {400, 402, 404, 405, 409, 413, 415, 422, 451, 499})
  void otherFourHundredsAreTheCallersAndASuccessForTheBreaker(int status) {
    RequestException failure = (RequestException) of(status, "wrong");

    assertThat(failure.effect()).isEqualTo(BreakerEffect.SUCCESS);
    assertThat(failure.error().status()).isEqualTo(status);
    assertThat(failure.error().message()).isEqualTo("wrong");
    assertThat(failure.error().type()).isEqualTo("their_type");
    assertThat(failure.error().param()).isEqualTo("param");
  }

  @ParameterizedTest
  @CsvSource({
    "CONNECT, FAILURE",
    "BROKEN, FAILURE",
    "MALFORMED, FAILURE",
    "NO_ANSWER, NONE",
    "CUT_OFF, NONE",
    "NOT_CONFIGURED, NONE",
    "BREAKER_OPEN, NONE",
    "NO_ATTEMPT_LEFT, NONE"
  })
  void failuresWithoutAStatusCountAsTheContractSays(Kind kind, BreakerEffect effect) {
    assertThat(new TargetException(kind, "p", "x").effect()).isEqualTo(effect);
  }

  @Test
  void errorWithoutAMessageIsToldByItsStatus() {
    assertThat(of(503, " ")).hasMessage("HTTP 503");
    assertThat(of(404, null)).hasMessage("the provider p refused the request with HTTP 404");
  }

  @Test
  void credentialIsTakenOutOfMessages() {
    assertThat(of(401, "key secret-credential is wrong").getMessage())
        .isEqualTo("key *** is wrong");
    assertThat(of(400, "key secret-credential is wrong").getMessage())
        .isEqualTo("key *** is wrong");
    assertThat(
            Failures.ofBroken(PROVIDER, new ChatEvent.Failure(null, "secret-credential!", 0))
                .getMessage())
        .isEqualTo("***!");
  }

  @ParameterizedTest
  @CsvSource({"0, SERVER_ERROR, 500", "529, SERVER_ERROR, 529", "429, RATE_LIMITED, 429"})
  void streamsErrorIsSortedByTheStatusThatItNames(int said, Kind kind, int status) {
    TargetException failure =
        (TargetException) Failures.of(PROVIDER, new ChatEvent.Failure("t", "m", said));

    assertThat(failure.kind()).isEqualTo(kind);
    assertThat(failure.status()).isEqualTo(status);
  }

  @Test
  void streamsErrorThatIsTheCallersFaultIsTheCallersBeforeContentOnly() {
    ChatEvent.Failure failure = new ChatEvent.Failure("t", "too long", 400);

    assertThat(Failures.of(PROVIDER, failure)).isInstanceOf(RequestException.class);
    assertThat(Failures.ofBroken(PROVIDER, failure).kind()).isEqualTo(Kind.SERVER_ERROR);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "7|7",
        " 0 |0",
        "999999999999|86400",
        "99999999999999999999|",
        "Thu, 01 Jan 2026 00:00:20 GMT|20",
        "Wed, 31 Dec 2025 00:00:00 GMT|0",
        "soon|",
        "-1|",
        "1.5|"
      })
  void retryAfterIsSecondsOrADate(String header, @Nullable Long seconds) {
    assertThat(Failures.retryAfter(header, NOW))
        .isEqualTo(seconds == null ? null : Duration.ofSeconds(seconds));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "Incorrect API key provided: sk-proj-abc123def|Incorrect API key provided: ***",
        "key gw-0123456789 is bad|key *** is bad",
        "Authorization: Bearer abc.def|Authorization: Bearer ***",
        "AIzaSyA0123456789abcdefghijkl given|*** given",
        "the task-manager said no|the task-manager said no",
        "ask-anything works|ask-anything works"
      })
  void whatLooksLikeAKeyIsTakenOut(String message, String shown) {
    assertThat(Redactor.redact(message, "")).isEqualTo(shown);
  }

  @Test
  void credentialIsTakenOutAlsoWhereALongMessageIsCut() {
    String credential = "credential-of-some-length";

    for (int before = 1970; before < 2001; before++) {
      assertThat(Redactor.redact("x".repeat(before) + " " + credential, credential))
          .doesNotContain("credential");
    }
  }
}
