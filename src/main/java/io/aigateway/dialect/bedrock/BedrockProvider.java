package io.aigateway.dialect.bedrock;

import io.aigateway.chat.ChatReply;
import io.aigateway.chat.ChatRequest;
import io.aigateway.dialect.Framing;
import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.OutgoingCall;
import io.aigateway.dialect.PathSegment;
import io.aigateway.dialect.Place;
import io.aigateway.dialect.ProviderDialect;
import io.aigateway.dialect.ProviderError;
import io.aigateway.dialect.UpstreamRequest;
import java.util.HashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import software.amazon.awssdk.identity.spi.AwsCredentialsIdentity;

/**
 * How does one talk to Amazon Bedrock's Converse API? The credentials are AWS' own; until they are
 * found, {@link #isReady()} says no. For all threads.
 *
 * <p>Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
public final class BedrockProvider implements ProviderDialect {
  static final String NAME = "bedrock";

  private static final String STREAM = "/converse-stream";
  private static final String EVENTS = "application/vnd.amazon.eventstream";

  /** AWS' own hosts, public and private ones, name the region. */
  private static final Pattern HOST =
      Pattern.compile("bedrock-runtime(?:-fips)?\\.([a-z0-9-]+)\\.");

  private static final String USUAL_REGION = "us-east-1";

  private final AwsCredentials credentials;
  private final String region;

  /** At no place yet. */
  public BedrockProvider(AwsCredentials credentials) {
    this(credentials, USUAL_REGION);
  }

  private BedrockProvider(AwsCredentials credentials, String region) {
    this.credentials = credentials;
    this.region = region;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public ProviderDialect at(Place place) {
    credentials.start();
    return new BedrockProvider(credentials, region(place));
  }

  private static String region(Place place) {
    if (!place.region().isEmpty()) {
      return place.region();
    }
    Matcher host = HOST.matcher(place.host());
    return host.find() ? host.group(1) : USUAL_REGION;
  }

  @Override
  public boolean isReady() {
    return credentials.current() != null;
  }

  @Override
  public Framing framing() {
    return Framing.AWS_EVENT_STREAM;
  }

  /** Requests are signed with what AWS' chain finds. */
  @Override
  public boolean takesKey() {
    return false;
  }

  /** None: what AWS wants depends on what is sent. */
  @Override
  public Map<String, String> headers(String credential) {
    return Map.of();
  }

  @Override
  public Map<String, String> headers(OutgoingCall call, String credential) {
    AwsCredentialsIdentity who = credentials.current();
    Map<String, String> headers = new HashMap<>();
    if (who != null) {
      headers.putAll(credentials.signer().headers(call, who, region));
    }
    if (call.path().endsWith(STREAM)) {
      headers.put("accept", EVENTS);
    }
    return headers;
  }

  @Override
  public UpstreamRequest write(ChatRequest request, ModelDefaults defaults) {
    String model = "/model/" + PathSegment.of(request.model());
    return new RequestWriter(request, defaults)
        .write(model + (request.stream() ? STREAM : "/converse"));
  }

  @Override
  public ChatReply read(byte[] body) {
    return ReplyReader.read(body);
  }

  @Override
  public EventReader events() {
    return new ConverseEventReader();
  }

  @Override
  public ProviderError error(int status, byte[] body) {
    return ErrorReader.read(body);
  }
}
