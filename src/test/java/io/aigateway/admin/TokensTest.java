package io.aigateway.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.aigateway.settings.Oidc;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens of an issuer that the test plays. */
class TokensTest {
  private HttpServer server;
  private RSAKey key;
  private volatile String keySet = "";
  private String issuer = "";
  private Tokens tokens;

  @BeforeEach
  void start() throws IOException, JOSEException {
    key = new RSAKeyGenerator(2048).keyID("one").generate();
    keySet = new JWKSet(key).toPublicJWKSet().toString();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    issuer = "http://127.0.0.1:" + server.getAddress().getPort() + "/realm";
    server.createContext(
        "/",
        exchange -> {
          String body =
              exchange.getRequestURI().getPath().endsWith("openid-configuration")
                  ? "{\"jwks_uri\":\"" + issuer + "/keys\"}"
                  : keySet;
          byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, bytes.length);
          exchange.getResponseBody().write(bytes);
          exchange.close();
        });
    server.start();
    tokens = tokens("roles", Optional.of("gateway"));
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private Tokens tokens(String claim, Optional<String> audience) {
    return new Tokens(new Oidc(Optional.of(URI.create(issuer)), audience, Optional.empty(), claim));
  }

  private JWTClaimsSet.Builder claims() {
    return new JWTClaimsSet.Builder()
        .issuer(issuer)
        .audience("gateway")
        .subject("ada")
        .expirationTime(Date.from(Instant.now().plus(Duration.ofMinutes(5))))
        .claim("roles", List.of("other", "viewer", "editor"));
  }

  private static String signed(RSAKey with, JWTClaimsSet claims) throws JOSEException {
    SignedJWT token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(with.getKeyID()).build(), claims);
    token.sign(new RSASSASigner(with));
    return token.serialize();
  }

  @Test
  void issuersTokenNamesItsHolderAndTheHighestRole() throws JOSEException {
    assertThat(tokens.holder(signed(key, claims().build())))
        .contains(new Tokens.Holder("ada", Optional.of(Role.EDITOR)));
  }

  @Test
  void roleMayStandInsideAnotherClaimOrInAText() throws JOSEException {
    String nested =
        signed(key, claims().claim("realm_access", Map.of("roles", List.of("admin"))).build());
    String text = signed(key, claims().claim("scope", "openid viewer").build());

    assertThat(tokens("realm_access.roles", Optional.of("gateway")).holder(nested))
        .contains(new Tokens.Holder("ada", Optional.of(Role.ADMIN)));
    assertThat(tokens("scope", Optional.empty()).holder(text))
        .contains(new Tokens.Holder("ada", Optional.of(Role.VIEWER)));
    assertThat(tokens("none", Optional.empty()).holder(text))
        .contains(new Tokens.Holder("ada", Optional.empty()));
  }

  @Test
  void bogusTokensAreWorthNothing() throws JOSEException {
    RSAKey forged = new RSAKeyGenerator(2048).keyID("one").generate();
    SignedJWT symmetric = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims().build());
    symmetric.sign(new MACSigner(keySet.getBytes(StandardCharsets.UTF_8)));

    for (String bogus :
        List.of(
            new PlainJWT(claims().build()).serialize(),
            symmetric.serialize(),
            signed(forged, claims().build()),
            signed(key, claims().issuer("http://other.example").build()),
            signed(key, claims().audience("other").build()),
            signed(
                key, claims().expirationTime(Date.from(Instant.now().minusSeconds(120))).build()),
            signed(key, claims().expirationTime(null).build()),
            signed(key, claims().notBeforeTime(Date.from(Instant.now().plusSeconds(300))).build()),
            "a.b.c",
            "not-a-token",
            "")) {
      assertThat(tokens.holder(bogus)).as(bogus).isEmpty();
    }
  }

  @Test
  void newKeyOfTheIssuerIsFetchedWhenATokenNamesIt() throws JOSEException {
    tokens.holder(signed(key, claims().build()));
    RSAKey next = new RSAKeyGenerator(2048).keyID("two").generate();
    keySet = new JWKSet(List.of(key, next)).toPublicJWKSet().toString();

    assertThat(tokens.holder(signed(next, claims().build()))).isPresent();
  }

  @Test
  void issuerThatCantBeReachedIsNobodysFault() throws JOSEException {
    String token = signed(key, claims().build());
    server.stop(0);

    assertThatThrownBy(() -> tokens.holder(token)).isInstanceOf(Tokens.IssuerAwayException.class);
  }
}
