package io.aigateway.settings;

import static java.util.Map.entry;

import java.util.Map;
import java.util.Optional;

/**
 * Which settings are known and checked but change nothing yet? Whoever builds one deletes its row
 * here and writes {@code docs/configuration.md} anew.
 */
public final class Unbuilt {
  /**
   * Named in a WARN line when set to something else than the default; the text says what counts.
   */
  private static final Map<Variable, String> WARNED =
      Map.ofEntries(
          entry(Variable.DATABASE_URL, none("there are no stored tenants, keys or usage records")),
          entry(Variable.DATA_DIR, none("there is no embedded database")),
          entry(Variable.ENCRYPTION_KEY, none("no secret is stored")),
          entry(Variable.ENCRYPTION_KEY_PREVIOUS, none("no secret is stored")),
          entry(Variable.CACHE_TTL, none("no answer is cached")),
          entry(Variable.ADMIN_USERNAME, none("there is no admin API")),
          entry(Variable.ADMIN_PASSWORD, none("there is no admin API")),
          entry(Variable.ADMIN_AUTH_ENABLED, none("there is no admin API")),
          entry(Variable.ADMIN_ADDR, none("there is no admin API")),
          entry(Variable.OIDC_ISSUER, none("there is no admin API")),
          entry(Variable.OIDC_AUDIENCE, none("there is no admin API")),
          entry(Variable.OIDC_JWKS_URL, none("there is no admin API")),
          entry(Variable.OIDC_ROLE_CLAIM, none("there is no admin API")),
          entry(Variable.IMAGE_FETCH, none("no image is fetched")),
          entry(Variable.METRICS_MAX_TENANTS, none("there is one tenant")),
          entry(Variable.OTLP_ENDPOINT, none("no trace is sent")),
          entry(Variable.READINESS_CHECKS, "doesn't look at the database"));

  /** A limit that nobody would enforce must not look as if it held: these stop the start. */
  private static final Map<Variable, String> REFUSED =
      Map.ofEntries(
          entry(Variable.BOOTSTRAP_RATE_LIMIT_RPM, "can't be enforced yet"),
          entry(Variable.BOOTSTRAP_BUDGET_USD, "can't be enforced yet"));

  private Unbuilt() {}

  private static String none(String instead) {
    return "has no effect: " + instead;
  }

  /** What the variable does for now, if a value other than the default is only worth a warning. */
  public static Optional<String> warned(Variable variable) {
    return Optional.ofNullable(WARNED.get(variable));
  }

  /** The same for this value, of which a part may be built. */
  static Optional<String> warned(Variable variable, String value) {
    return warned(variable)
        .filter(today -> variable != Variable.READINESS_CHECKS || value.contains("database"));
  }

  /** Why any value must stop the start, if it must. */
  public static Optional<String> refused(Variable variable) {
    return Optional.ofNullable(REFUSED.get(variable));
  }
}
