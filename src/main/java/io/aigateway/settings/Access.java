package io.aigateway.settings;

import java.util.Optional;

/**
 * Which keys are there before any tenant is stored?
 *
 * @param bootstrapKey {@code BOOTSTRAP_API_KEY}, key of the tenant {@code default}
 * @param defaultKeyAllowed may {@link #DEFAULT_KEY} be used at all: neither {@code
 *     BOOTSTRAP_API_KEY} nor {@code DATABASE_URL} is set and this isn't Kubernetes; which peers may
 *     use it is for the edge to decide
 */
public record Access(Optional<Secret> bootstrapKey, boolean defaultKeyAllowed) {
  /** Everybody knows it, so it is no secret and only good on the own machine. */
  public static final String DEFAULT_KEY = "gw-default-key";
}
