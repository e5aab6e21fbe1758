package io.aigateway.dialect;

import org.jspecify.annotations.Nullable;

/**
 * What a provider says of an error, from its documented error shape. All null when the body is of
 * another shape: such a body is never shown to a caller.
 */
public record ProviderError(
    @Nullable String message,
    @Nullable String type,
    @Nullable String code,
    @Nullable String param) {
  /** The provider sent nothing that can be understood. */
  public static final ProviderError UNKNOWN = new ProviderError(null, null, null, null);
}
