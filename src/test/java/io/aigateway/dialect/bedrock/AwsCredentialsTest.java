package io.aigateway.dialect.bedrock;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.dialect.OutgoingCall;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.auth.credentials.AwsSessionCredentials;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;
import software.amazon.awssdk.identity.spi.AwsSessionCredentialsIdentity;

/** Who calls, and how it is proven. */
class AwsCredentialsTest {
  private static final Clock CLOCK =
      Clock.fixed(Instant.parse("2026-03-01T12:34:56Z"), ZoneOffset.UTC);
  private static final String DATE = "20260301T123456Z";
  private static final AwsCredentialsIdentity KEYS =
      AwsCredentialsIdentity.create("AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
  private static final byte[] BODY = "{\"messages\":[]}".getBytes(StandardCharsets.UTF_8);
  private static final String PATH = "/model/us.anthropic.claude-v1%3A0/converse";

  @Test
  void signatureIsTheOneThatAwsComputes() {
    Map<String, String> headers = signed(KEYS, "eu-west-1", "proxy.example:8443", PATH);

    assertThat(headers.get("x-amz-date")).isEqualTo(DATE);
    assertThat(headers).doesNotContainKey("host");
    assertThat(headers.get("authorization"))
        .isEqualTo(
            expected(
                headers,
                "eu-west-1",
                "proxy.example:8443",
                "/model/us.anthropic.claude-v1%253A0/converse"));
  }

  @Test
  void usualPortIsNoPartOfTheHost() {
    Map<String, String> headers = signed(KEYS, "us-east-1", "b.example", "/model/m/converse");

    assertThat(headers.get("authorization"))
        .isEqualTo(expected(headers, "us-east-1", "b.example", "/model/m/converse"));
  }

  @Test
  void pathOfTheBaseUrlIsSignedToo() {
    Map<String, String> headers = signed(KEYS, "us-east-1", "b.example", "/aws/model/m/converse");

    assertThat(headers.get("authorization"))
        .isEqualTo(expected(headers, "us-east-1", "b.example", "/aws/model/m/converse"));
  }

  @Test
  void tokenOfASessionIsSentAndSigned() {
    AwsCredentialsIdentity session =
        AwsSessionCredentialsIdentity.create(
            KEYS.accessKeyId(), KEYS.secretAccessKey(), "session-token");

    Map<String, String> headers = signed(session, "us-east-1", "b.example", "/model/m/converse");

    assertThat(headers.get("x-amz-security-token")).isEqualTo("session-token");
    assertThat(headers.get("authorization"))
        .contains("x-amz-security-token")
        .isEqualTo(expected(headers, "us-east-1", "b.example", "/model/m/converse"));
  }

  @Test
  void streamsAreAcceptedAsAwsSendsThem() {
    assertThat(signed(KEYS, "us-east-1", "b.example", "/model/m/converse-stream").get("accept"))
        .isEqualTo("application/vnd.amazon.eventstream");
  }

  @Test
  void hostOfAwsNamesTheRegionWhenNobodyElseDoes() {
    for (String host :
        List.of(
            "bedrock-runtime.eu-central-1.amazonaws.com",
            "bedrock-runtime-fips.eu-central-1.amazonaws.com",
            "vpce-0a.bedrock-runtime.eu-central-1.vpce.amazonaws.com")) {
      assertThat(headersAt(KEYS, new Place(host, "", "", ""), host, PATH).get("authorization"))
          .contains("/eu-central-1/bedrock/aws4_request");
    }
  }

  @Test
  void readyOnceCredentialsAreFound() {
    Deque<Supplier<AwsCredentialsIdentity>> answers = new ArrayDeque<>();
    answers.add(AwsCredentialsTest::none);
    answers.add(() -> KEYS);
    AwsCredentials credentials = new AwsCredentials(() -> answers.remove().get(), CLOCK);
    BedrockProvider dialect = new BedrockProvider(credentials);

    credentials.look();
    assertThat(dialect.isReady()).isFalse();
    credentials.look();
    assertThat(dialect.isReady()).isTrue();
  }

  @Test
  void credentialsOutliveAFailedRenewalUntilTheyExpire() {
    Deque<Supplier<AwsCredentialsIdentity>> answers = new ArrayDeque<>();
    answers.add(() -> until("2026-03-01T13:00:00Z"));
    answers.add(AwsCredentialsTest::none);
    answers.add(() -> until("2026-03-01T12:00:00Z"));
    answers.add(AwsCredentialsTest::none);
    AwsCredentials credentials = new AwsCredentials(() -> answers.remove().get(), CLOCK);

    credentials.look();
    credentials.look();
    assertThat(credentials.current()).isNotNull();
    credentials.look();
    credentials.look();
    assertThat(credentials.current()).isNull();
  }

  private static AwsCredentialsIdentity until(String expiry) {
    return AwsSessionCredentials.builder()
        .accessKeyId("a")
        .secretAccessKey("s")
        .sessionToken("t")
        .expirationTime(Instant.parse(expiry))
        .build();
  }

  private static AwsCredentialsIdentity none() {
    throw new IllegalStateException("none");
  }

  private static Map<String, String> signed(
      AwsCredentialsIdentity who, String region, String authority, String path) {
    return headersAt(who, new Place("b.example", region, "", ""), authority, path);
  }

  private static Map<String, String> headersAt(
      AwsCredentialsIdentity who, Place place, String authority, String path) {
    try (AwsCredentials credentials = new AwsCredentials(() -> who, CLOCK)) {
      credentials.look();
      ProviderDialect dialect = new BedrockProvider(credentials).at(place);
      return dialect.headers(new OutgoingCall("POST", true, authority, path, BODY), "");
    }
  }

  /** The specification, step by step, over the headers that the signature names. */
  private static String expected(
      Map<String, String> headers, String region, String authority, String canonicalPath) {
    String authorization = headers.getOrDefault("authorization", "");
    String names = authorization.replaceAll(".*SignedHeaders=([^,]+),.*", "$1");
    StringBuilder canonical = new StringBuilder("POST\n" + canonicalPath + "\n\n");
    for (String name : names.split(";")) {
      String value = name.equals("host") ? authority : headers.get(name);
      canonical.append(name).append(':').append(value).append('\n');
    }
    canonical.append('\n').append(names).append('\n').append(sha256(BODY));
    String day = DATE.substring(0, 8);
    String scope = day + "/" + region + "/bedrock/aws4_request";
    String toSign =
        "AWS4-HMAC-SHA256\n"
            + DATE
            + "\n"
            + scope
            + "\n"
            + sha256(canonical.toString().getBytes(StandardCharsets.UTF_8));
    byte[] key = ("AWS4" + KEYS.secretAccessKey()).getBytes(StandardCharsets.UTF_8);
    for (String part : List.of(day, region, "bedrock", "aws4_request")) {
      key = hmac(key, part);
    }
    return "AWS4-HMAC-SHA256 Credential="
        + KEYS.accessKeyId()
        + "/"
        + scope
        + ", SignedHeaders="
        + names
        + ", Signature="
        + HexFormat.of().formatHex(hmac(key, toSign));
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(text.getBytes(StandardCharsets.UTF_8));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
