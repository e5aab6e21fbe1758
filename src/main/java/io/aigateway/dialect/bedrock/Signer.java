package io.aigateway.dialect.bedrock;

import io.aigateway.dialect.OutgoingCall;
import java.net.URI;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.http.SdkHttpMethod;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.auth.aws.signer.AwsV4HttpSigner;
import software.amazon.awssdk.http.auth.spi.signer.HttpSigner;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * Which headers prove to AWS who calls? Signs the host, the path and the body, and nothing that
 * something on the way might change. For all threads.
 *
 * <p>Source:
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 */
final class Signer {
  private static final String SERVICE = "bedrock";

  private final AwsV4HttpSigner signer = AwsV4HttpSigner.create();
  private final Clock clock;

  Signer(Clock clock) {
    this.clock = clock;
  }

  /** Names in lower case; without {@code host}, which the transport writes by itself. */
  Map<String, String> headers(OutgoingCall call, AwsCredentialsIdentity who, String region) {
    String scheme = call.tls() ? "https://" : "http://";
    SdkHttpRequest request =
        SdkHttpRequest.builder()
            .method(SdkHttpMethod.fromValue(call.method()))
            .uri(URI.create(scheme + call.authority() + call.path()))
            .build();
    SdkHttpRequest signed =
        signer
            .sign(
                with ->
                    with.identity(who)
                        .request(request)
                        .payload(ContentStreamProvider.fromByteArrayUnsafe(call.body()))
                        .putProperty(AwsV4HttpSigner.SERVICE_SIGNING_NAME, SERVICE)
                        .putProperty(AwsV4HttpSigner.REGION_NAME, region)
                        .putProperty(HttpSigner.SIGNING_CLOCK, clock))
            .request();
    Map<String, String> headers = new HashMap<>();
    signed.forEachHeader(
        (name, values) -> headers.put(name.toLowerCase(Locale.ROOT), joined(values)));
    headers.remove("host");
    return headers;
  }

  private static String joined(List<String> values) {
    return String.join(",", values);
  }
}
