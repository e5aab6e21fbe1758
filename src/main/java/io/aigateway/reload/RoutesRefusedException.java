package io.aigateway.reload;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A set of routes is not taken. */
public final class RoutesRefusedException extends Exception {
  private static final int SAID = 10;

  private final transient List<RouteFault> faults;

  RoutesRefusedException(List<RouteFault> faults, @Nullable Throwable cause) {
    super(text(faults), cause);
    this.faults = List.copyOf(faults);
  }

  /** What is wrong with it; at least one. */
  public List<RouteFault> faults() {
    return faults;
  }

  private static String text(List<RouteFault> faults) {
    String said =
        faults.stream().limit(SAID).map(RouteFault::toString).collect(Collectors.joining("; "));
    return faults.size() > SAID ? said + "; and " + (faults.size() - SAID) + " more" : said;
  }
}
