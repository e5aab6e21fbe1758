package io.aigateway.settings;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import org.jspecify.annotations.Nullable;

/**
 * How does a secret travel without ending in a log? As this type, which prints as {@code ***} and
 * has no property that a serializer would find. Immutable.
 */
public final class Secret {
  private final String value;

  public Secret(String value) {
    this.value = value;
  }

  /** The secret itself, for the one place that sends or compares it. */
  public String reveal() {
    return value;
  }

  /** Compares in a time that doesn't depend on where the two differ. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Secret secret
        && MessageDigest.isEqual(
            value.getBytes(StandardCharsets.UTF_8), secret.value.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public int hashCode() {
    return value.hashCode();
  }

  @Override
  public String toString() {
    return "***";
  }
}
