package io.aigateway.settings;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * Which providers' keys and addresses does the environment hold?
 *
 * @param keys by variable, only those set
 * @param addresses by variable, only those set; defaults are in the providers' routes
 */
public record Providers(Map<Variable, Secret> keys, Map<Variable, URI> addresses) {
  public Providers {
    keys = Map.copyOf(keys);
    addresses = Map.copyOf(addresses);
  }

  public Optional<Secret> key(Variable variable) {
    return Optional.ofNullable(keys.get(variable));
  }

  public Optional<URI> address(Variable variable) {
    return Optional.ofNullable(addresses.get(variable));
  }
}
