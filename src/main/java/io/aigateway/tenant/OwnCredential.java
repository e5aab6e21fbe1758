package io.aigateway.tenant;

import org.jspecify.annotations.Nullable;

/**
 * What a tenant calls a provider with instead of the gateway's credential. Prints without it and
 * has no property that a serializer would find. Immutable.
 */
public final class OwnCredential {
  private final String tenant;
  private final String id;
  private final @Nullable String value;

  /**
   * @param id of this value, see {@link SealedCredential#id}
   * @param value null when it can't be read: the tenant's calls of the provider fail then, rather
   *     than use the gateway's
   */
  public OwnCredential(String tenant, String id, @Nullable String value) {
    this.tenant = tenant;
    this.id = id;
    this.value = value;
  }

  public String tenant() {
    return tenant;
  }

  public String id() {
    return id;
  }

  public boolean isReadable() {
    return value != null;
  }

  /** The credential itself, for the one place that sends it; "" when it can't be read. */
  public String reveal() {
    return value == null ? "" : value;
  }

  @Override
  public String toString() {
    return "OwnCredential[" + id + "]";
  }
}
