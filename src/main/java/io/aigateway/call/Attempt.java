package io.aigateway.call;

import io.aigateway.error.TargetException;
import org.jspecify.annotations.Nullable;

/**
 * One target that was tried for a request.
 *
 * @param model the model name that was or would have been sent
 * @param failure why it did not serve, or null when it did
 */
public record Attempt(String provider, String model, @Nullable TargetException failure) {}
