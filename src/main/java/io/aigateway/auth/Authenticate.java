package io.aigateway.auth;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.call.Var;
import io.aigateway.dialect.Operation;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.http.CallerRequest;
import io.aigateway.store.StoreAwayException;
import io.aigateway.tenant.KeyText;
import io.aigateway.tenant.Scope;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Predicate;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * Who sends this request? Decided from its headers alone, before the body is read. The key comes as
 * {@code Authorization: Bearer}, {@code x-api-key} or {@code api-key}.
 */
@InMemory
@RouteStep
public final class Authenticate {
  private static final Caller WARM_UP = new Caller("default", "warm-up");
  private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "[::1]", "::1");
  private static final List<String> FORWARDING = List.of("forwarded", "x-forwarded-", "via");

  /** No key is longer; what is longer is not looked up. */
  private static final int LONGEST = 512;

  private final byte @Nullable [] bootstrap;
  private final byte @Nullable [] local;
  private final Caller builtIn;
  private final KeyDirectory directory;
  private final Predicate<String> isProvider;

  /**
   * @param bootstrapKey the key of the built-in tenant, from anywhere
   * @param localKey a key that is only good on this very machine, if there is one
   * @param builtIn whoever holds one of these two
   * @param directory the keys of all other tenants
   * @param isProvider whether a provider of this name is there
   */
  public Authenticate(
      Optional<String> bootstrapKey,
      Optional<String> localKey,
      Caller builtIn,
      KeyDirectory directory,
      Predicate<String> isProvider) {
    this.bootstrap = bootstrapKey.map(KeyText::hash).orElse(null);
    this.local = localKey.map(KeyText::hash).orElse(null);
    this.builtIn = builtIn;
    this.directory = directory;
    this.isProvider = isProvider;
  }

  /**
   * Names the caller, whose key must be good for what the door is for; the body stays as it is.
   *
   * @throws RequestException 401; 403 when the key has not the scope; 503 when the key is not known
   *     and can't be looked up
   */
  public @Nullable Object caller(Exchange exchange) {
    return authenticate(exchange, true);
  }

  /** The same of a door that any key opens. */
  public @Nullable Object anyCaller(Exchange exchange) {
    return authenticate(exchange, false);
  }

  private @Nullable Object authenticate(Exchange exchange, boolean scoped) {
    Call call = Call.of(exchange);
    Object body = exchange.getMessage().getBody();
    if (call.isWarmUp()) {
      accept(exchange, call, WARM_UP, scoped);
      return body;
    }
    String key = key(call.request());
    if (key == null) {
      throw refused(
          "no API key: send it as Authorization: Bearer KEY, x-api-key: KEY or api-key: KEY");
    }
    byte[] hash = KeyText.hash(key);
    Caller known = directory.good(hash);
    if (known == null) {
      known = fixed(hash, call.request());
    }
    if (known != null) {
      accept(exchange, call, known, scoped);
      return body;
    }
    if (key.length() > LONGEST) {
      throw invalid();
    }
    KeyDirectory.Found found = directory.otherwise(hash);
    if (found instanceof KeyDirectory.Found.Good good) {
      accept(exchange, call, good.caller(), scoped);
      return body;
    }
    if (found instanceof KeyDirectory.Found.Bad) {
      throw invalid();
    }
    return lookUp(exchange, call, hash, scoped, body);
  }

  private CompletableFuture<@Nullable Object> lookUp(
      Exchange exchange, Call call, byte[] hash, boolean scoped, @Nullable Object body) {
    CompletableFuture<@Nullable Object> done = new CompletableFuture<>();
    directory
        .lookUp(hash)
        .whenComplete(
            (caller, failure) ->
                call.request()
                    .goOn(
                        () -> {
                          try {
                            if (failure != null) {
                              throw failed(failure);
                            }
                            accept(
                                exchange, call, caller.orElseThrow(Authenticate::invalid), scoped);
                            done.complete(body);
                          } catch (RuntimeException e) {
                            done.completeExceptionally(e);
                          }
                        }));
    return done;
  }

  private static RuntimeException failed(Throwable failure) {
    Throwable cause =
        failure instanceof CompletionException && failure.getCause() != null
            ? failure.getCause()
            : failure;
    if (cause instanceof StoreAwayException) {
      return new RequestException(
          new ApiError(
              503,
              "overloaded_error",
              "authentication_unavailable",
              null,
              "the API key can't be looked up now",
              Duration.ofSeconds(1),
              false));
    }
    return new IllegalStateException(cause);
  }

  private void accept(Exchange exchange, Call call, Caller caller, boolean scoped) {
    if (scoped && !caller.scopes().contains(needed(call.operation()))) {
      throw new RequestException(
          new ApiError(
              403,
              "permission_error",
              "scope_missing",
              "the API key has not the scope " + needed(call.operation()).label()));
    }
    call.authenticated(caller);
    Var.TENANT.set(exchange, caller.tenant());
    String provider = caller.defaultProvider();
    if (provider != null && isProvider.test(provider)) {
      Var.DEFAULT_PROVIDER.set(exchange, provider);
    }
    if (!caller.fallbackProviders().isEmpty()) {
      Var.FALLBACK.set(exchange, true);
    }
  }

  private static Scope needed(Operation operation) {
    return switch (operation) {
      case CHAT, COUNT_TOKENS -> Scope.CHAT;
      case EMBEDDINGS -> Scope.EMBEDDINGS;
      case IMAGES -> Scope.IMAGES;
      case MODERATIONS -> Scope.MODERATIONS;
      case RERANK -> Scope.RERANK;
      case SPEECH, TRANSCRIPTIONS -> Scope.AUDIO;
    };
  }

  private @Nullable Caller fixed(byte[] hash, CallerRequest request) {
    if (bootstrap != null && MessageDigest.isEqual(hash, bootstrap)) {
      return builtIn;
    }
    if (local != null && MessageDigest.isEqual(hash, local)) {
      if (isLocal(request)) {
        return builtIn;
      }
      throw refused(
          "the default key only works on the gateway's own machine; set BOOTSTRAP_API_KEY");
    }
    return null;
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

  /** Whether a request comes from this machine, and not through a proxy on it. */
  public static boolean isLocal(CallerRequest request) {
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

  private static RequestException invalid() {
    return refused("the API key is not valid");
  }

  private static RequestException refused(String message) {
    return new RequestException(
        new ApiError(401, "authentication_error", "invalid_api_key", message));
  }
}
