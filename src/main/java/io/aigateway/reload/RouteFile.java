package io.aigateway.reload;

import java.util.Locale;

/**
 * One route file as it was read.
 *
 * @param name without its folder
 */
public record RouteFile(String name, Origin origin, String text) {

  /** Where a file comes from. */
  public enum Origin {
    /** The gateway's own. */
    BUILT_IN,
    /** From the folder that people edit, in the place of one of the gateway's own. */
    OVERRIDDEN,
    /** From that folder, beside the gateway's own. */
    ADDED;

    /** The word for it in JSON. */
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Whether it comes from the folder that people edit. */
  public boolean edited() {
    return origin != Origin.BUILT_IN;
  }
}
