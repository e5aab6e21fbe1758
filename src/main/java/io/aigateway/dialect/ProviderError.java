package io.aigateway.dialect;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What a provider says of an error, from its documented error shape. All null when the body is of
 * another shape: such a body is never shown to a caller.
 *
 * @param retryAfter how long to wait, where the provider says so in the body, or null
 */
public record ProviderError(
    @Nullable String message,
    @Nullable String type,
    @Nullable String code,
    @Nullable String param,
    @Nullable Duration retryAfter) {
  /** The provider sent nothing that can be understood. */
  public static final ProviderError UNKNOWN = new ProviderError(null, null, null, null);

  /** {@link #UNKNOWN} when neither a message nor a name of the error is known. */
  public static ProviderError of(
      @Nullable String message,
      @Nullable String type,
      @Nullable String code,
      @Nullable String param) {
    return message == null && type == null && code == null
        ? UNKNOWN
        : new ProviderError(message, type, code, param);
  }

  public ProviderError(
      @Nullable String message,
      @Nullable String type,
      @Nullable String code,
      @Nullable String param) {
    this(message, type, code, param, null);
  }
}
