package io.aigateway.auth;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.InMemory;
import io.aigateway.call.Var;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.http.CallerRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Who sends this request? Decided from its headers alone, before the body is read. The key comes as
 * {@code Authorization: Bearer}, {@code x-api-key} or {@code api-key}.
 */
@InMemory
public final class Authenticate {
  private static final Caller DEFAULT = new Caller("default", "bootstrap");
  private static final Caller WARM_UP = new Caller("default", "warm-up");
  private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final List<String> FORWARDING = List.of("forwarded", "x-forwarded-", "via");

  /** Looking the algorithm up costs more than the digest of a key. */
  private static final ThreadLocal<MessageDigest> DIGEST =
      ThreadLocal.withInitial(Authenticate::sha256);

  private final byte @Nullable [] bootstrap;
  private final byte @Nullable [] local;

  /**
   * @param bootstrapKey the key of the built-in tenant, from anywhere
   * @param localKey a key that is only good on this very machine, if there is one
   */
  public Authenticate(Optional<String> bootstrapKey, Optional<String> localKey) {
    this.bootstrap = bootstrapKey.map(Authenticate::hash).orElse(null);
    this.local = localKey.map(Authenticate::hash).orElse(null);
  }

  /**
   * Names the caller.
   *
   * @throws RequestException 401
   */
  public void caller(Exchange exchange) {
    Call call = Call.of(exchange);
    Caller caller = call.isWarmUp() ? WARM_UP : find(call.request());
    call.authenticated(caller);
    Var.TENANT.set(exchange, caller.tenant());
  }

  private Caller find(CallerRequest request) {
    String key = key(request);
    if (key == null) {
      throw refused(
          "no API key: send it as Authorization: Bearer KEY, x-api-key: KEY or api-key: KEY");
    }
    byte[] hash = hash(key);
    if (bootstrap != null && MessageDigest.isEqual(hash, bootstrap)) {
      return DEFAULT;
    }
    if (local != null && MessageDigest.isEqual(hash, local)) {
      if (isLocal(request)) {
        return DEFAULT;
      }
      throw refused(
          "the default key only works on the gateway's own machine; set BOOTSTRAP_API_KEY");
    }
    throw refused("the API key is not valid");
  }

  private static @Nullable String key(CallerRequest request) {
    String authorization = request.header("authorization");
    if (authorization != null && authorization.regionMatches(true, 0, "Bearer ", 0, 7)) {
      String key = authorization.substring(7).trim();
      if (!key.isEmpty()) {
        return key;
      }
    }
    String key = request.header("x-api-key");
    if (key == null || key.isBlank()) {
      key = request.header("api-key");
    }
    return key == null || key.isBlank() ? null : key.trim();
  }

  /** From this machine, and not through a proxy on it. */
  private static boolean isLocal(CallerRequest request) {
    for (String header : FORWARDING) {
      if (request.hasHeaderLike(header)) {
        return false;
      }
    }
    String host = request.host();
    return host != null
        && LOCAL_NAMES.contains(host.toLowerCase(Locale.ROOT))
        && request.isFromLoopback();
  }

  private static RequestException refused(String message) {
    return new RequestException(
        new ApiError(401, "authentication_error", "invalid_api_key", message));
  }

  private static byte[] hash(String key) {
    return DIGEST.get().digest(key.getBytes(StandardCharsets.UTF_8));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
