package io.aigateway.settings;

/**
 * Where are callers served, and what may they send?
 *
 * @param address {@code ADDR}
 * @param maxBodyBytes {@code MAX_BODY_BYTES}; a longer body is a 413
 * @param imageFetch {@code IMAGE_FETCH}
 */
public record Listen(Address address, int maxBodyBytes, boolean imageFetch) {
  public Listen {
    new Check().range(Variable.MAX_BODY_BYTES, maxBodyBytes).orThrow();
  }

  /** The host to bind to. */
  public String host() {
    return address.bindHost();
  }

  /** The port to bind to, 0 = any free one. */
  public int port() {
    return address.port();
  }
}
