package io.aigateway.settings;

import java.net.URI;
import java.util.Optional;

/**
 * Whose bearer tokens open {@code /admin}?
 *
 * @param issuer {@code OIDC_ISSUER}, empty = no tokens
 * @param audience {@code OIDC_AUDIENCE}
 * @param jwksUrl {@code OIDC_JWKS_URL}, empty = found through the issuer
 * @param roleClaim {@code OIDC_ROLE_CLAIM}
 */
public record Oidc(
    Optional<URI> issuer, Optional<String> audience, Optional<URI> jwksUrl, String roleClaim) {}
