package io.aigateway.call;

import io.aigateway.error.TargetException;
import org.jspecify.annotations.Nullable;

/**
 * One target that was tried for a request.
 *
 * @param model the model name that was or would have been sent
 * @param failure why it did not serve, or null when it did
 * @param status what the provider answered, or 0 when it did not
 */
public record Attempt(
    String provider, String model, @Nullable TargetException failure, int status) {

  public Attempt(String provider, String model, @Nullable TargetException failure) {
    this(provider, model, failure, failure == null ? 200 : failure.status());
  }

  /** Whether the provider was called at all. */
  public boolean wasAsked() {
    return failure == null || failure.wasAsked();
  }
}
