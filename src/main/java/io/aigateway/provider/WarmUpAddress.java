package io.aigateway.provider;

import io.vertx.core.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** Where do the gateway's own warm-up calls go, instead of to a provider? For all threads. */
public final class WarmUpAddress {
  private volatile @Nullable SocketAddress address;

  public @Nullable SocketAddress get() {
    return address;
  }

  public void set(@Nullable SocketAddress where) {
    this.address = where;
  }
}
