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
          entry(Variable.CACHE_TTL, none("no answer is cached")),
          entry(Variable.IMAGE_FETCH, none("no image is fetched")),
          entry(Variable.OTLP_ENDPOINT, none("no trace is sent")));

  /** A limit that nobody would enforce must not look as if it held: these stop the start. */
  private static final Map<Variable, String> REFUSED =
      Map.ofEntries(entry(Variable.BOOTSTRAP_BUDGET_USD, "can't be enforced yet"));

  private Unbuilt() {}

  private static String none(String instead) {
    return "has no effect: " + instead;
  }

  /** What the variable does for now, if a value other than the default is only worth a warning. */
  public static Optional<String> warned(Variable variable) {
    return Optional.ofNullable(WARNED.get(variable));
  }

  /** Why any value must stop the start, if it must. */
  public static Optional<String> refused(Variable variable) {
    return Optional.ofNullable(REFUSED.get(variable));
  }
}
