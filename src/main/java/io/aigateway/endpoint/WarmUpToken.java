package io.aigateway.endpoint;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * How does the gateway know its own warm-up requests? By a secret of this process that is only good
 * until the gateway is ready. For all threads.
 */
public final class WarmUpToken {
  /** The request header that carries it. */
  public static final String HEADER = "x-gateway-warm-up";

  private final String value;
  private volatile boolean open = true;

  public WarmUpToken(Supplier<String> secrets) {
    this.value = secrets.get();
  }

  public String value() {
    return value;
  }

  /** The warm-up is over: the token is worth nothing any more. */
  public void close() {
    open = false;
  }

  boolean matches(@Nullable String presented) {
    return presented != null
        && open
        && MessageDigest.isEqual(
            presented.getBytes(StandardCharsets.UTF_8), value.getBytes(StandardCharsets.UTF_8));
  }
}
