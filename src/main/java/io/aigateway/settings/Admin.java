package io.aigateway.settings;

import java.util.Optional;
import java.util.Set;

/**
 * Who may administer, and where?
 *
 * @param username {@code ADMIN_USERNAME}
 * @param password {@code ADMIN_PASSWORD}
 * @param authEnabled {@code ADMIN_AUTH_ENABLED}
 * @param address {@code ADMIN_ADDR}, empty = together with the callers
 * @param oidc {@code OIDC_*}
 */
public record Admin(
    String username,
    Optional<Secret> password,
    boolean authEnabled,
    Optional<Address> address,
    Oidc oidc) {

  /** An administration that asks for no password must be out of others' reach. */
  void checkReach(Listen listen) {
    new Check()
        .that(
            authEnabled || listen.address().isLoopback(),
            Set.of(Variable.ADMIN_AUTH_ENABLED, Variable.ADDR),
            "ADMIN_AUTH_ENABLED=false with ADDR=" + listen.address() + " would be open to others",
            "true, or a loopback ADDR such as 127.0.0.1:8080")
        .that(
            authEnabled || address.map(Address::isLoopback).orElse(true),
            Set.of(Variable.ADMIN_AUTH_ENABLED, Variable.ADMIN_ADDR),
            "ADMIN_AUTH_ENABLED=false with ADMIN_ADDR="
                + address.map(Address::toString).orElse("")
                + " would be open to others",
            "true, or a loopback ADMIN_ADDR such as 127.0.0.1:8081")
        .orThrow();
  }
}
