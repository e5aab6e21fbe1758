package io.aigateway.admin;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import io.aigateway.settings.Oidc;
import io.aigateway.wire.Json;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.text.ParseException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Is this bearer token one of the issuer's, and what may its holder do? Signed with a key of the
 * issuer's key set, which is fetched when it is first needed and again when a token names a key
 * that is not in it. Waits. For all threads.
 */
public final class Tokens {
  /** The issuer's keys can't be fetched: nobody can tell. */
  public static final class IssuerAwayException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    IssuerAwayException() {
      super("the issuer's keys can't be fetched", null, false, false);
    }
  }

  /**
   * Who holds a token.
   *
   * @param role the highest that the token names; empty when it names none that is known
   */
  record Holder(String name, Optional<Role> role) {}

  private static final int CONNECT_MILLIS = 2_000;
  private static final int READ_MILLIS = 2_000;
  private static final int MOST_BYTES = 1 << 20;
  private static final Set<JWSAlgorithm> ALGORITHMS =
      Set.of(
          JWSAlgorithm.RS256,
          JWSAlgorithm.RS384,
          JWSAlgorithm.RS512,
          JWSAlgorithm.PS256,
          JWSAlgorithm.PS384,
          JWSAlgorithm.PS512,
          JWSAlgorithm.ES256,
          JWSAlgorithm.ES384,
          JWSAlgorithm.ES512);

  private final String issuer;
  private final Optional<String> audience;
  private final @Nullable URL keysAt;
  private final String roleClaim;
  private volatile @Nullable DefaultJWTProcessor<SecurityContext> processor;

  /**
   * @param oidc with an issuer
   */
  public Tokens(Oidc oidc) {
    this.issuer = oidc.issuer().orElseThrow().toString();
    this.audience = oidc.audience();
    this.roleClaim = oidc.roleClaim();
    try {
      this.keysAt = oidc.jwksUrl().isPresent() ? oidc.jwksUrl().get().toURL() : null;
    } catch (MalformedURLException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /**
   * Who holds this token; empty when it is worth nothing.
   *
   * @throws IssuerAwayException when that can't be told
   */
  Optional<Holder> holder(String token) {
    try {
      JWTClaimsSet claims = processor().process(token, null);
      String name = claims.getSubject();
      return Optional.of(
          new Holder(name == null || name.isBlank() ? "?" : name, role(claims.getClaims())));
    } catch (RateLimitReachedException e) {
      // its key is not among those fetched a moment ago
      return Optional.empty();
    } catch (KeySourceException e) {
      throw new IssuerAwayException();
    } catch (ParseException | BadJOSEException | JOSEException e) {
      return Optional.empty();
    }
  }

  /** {@code roles}, or a claim inside another one, {@code realm_access.roles}. */
  private Optional<Role> role(Map<String, Object> claims) {
    Object value = claims.get(roleClaim);
    if (value == null) {
      value = claims;
      for (String part : roleClaim.split("\\.")) {
        value = value instanceof Map<?, ?> map ? map.get(part) : null;
      }
    }
    Collection<?> names =
        value instanceof Collection<?> list
            ? list
            : value instanceof String text ? List.of(text.split("[ ,]+")) : List.of();
    List<Role> roles = new ArrayList<>();
    names.forEach(name -> Role.of(String.valueOf(name)).ifPresent(roles::add));
    return roles.stream().max(Comparator.naturalOrder());
  }

  private DefaultJWTProcessor<SecurityContext> processor() {
    DefaultJWTProcessor<SecurityContext> known = processor;
    if (known == null) {
      synchronized (this) {
        known = processor;
        if (known == null) {
          known = create();
          processor = known;
        }
      }
    }
    return known;
  }

  private DefaultJWTProcessor<SecurityContext> create() {
    DefaultResourceRetriever retriever =
        new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, MOST_BYTES);
    URL at = keysAt != null ? keysAt : discovered(retriever);
    JWKSource<SecurityContext> keys =
        JWKSourceBuilder.<SecurityContext>create(at, retriever)
            .cache(300_000, 10_000)
            .rateLimited(5_000)
            .outageTolerant(true)
            .build();
    DefaultJWTProcessor<SecurityContext> created = new DefaultJWTProcessor<>();
    created.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, keys));
    created.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(
            JOSEObjectType.JWT, new JOSEObjectType("at+jwt"), null));
    created.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            audience.orElse(null),
            new JWTClaimsSet.Builder().issuer(issuer).build(),
            Set.of("exp", "sub")));
    return created;
  }

  private URL discovered(DefaultResourceRetriever retriever) {
    String base = issuer.endsWith("/") ? issuer : issuer + "/";
    try {
      URL document = java.net.URI.create(base + ".well-known/openid-configuration").toURL();
      return java.net
          .URI
          .create(
              Json.read(retriever.retrieveResource(document).getContent())
                  .path("jwks_uri")
                  .asText())
          .toURL();
    } catch (IOException | IllegalArgumentException e) {
      throw new IssuerAwayException();
    }
  }
}
