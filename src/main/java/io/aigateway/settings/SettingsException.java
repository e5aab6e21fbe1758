package io.aigateway.settings;

import java.util.List;
import java.util.stream.Collectors;

/**
 * Why can't the gateway start with this environment? Carries every fault that was found; the
 * message has one line for each. Ends the process with exit code 2.
 */
public final class SettingsException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient List<Fault> faults;

  public SettingsException(List<Fault> faults) {
    super(faults.stream().map(Fault::line).collect(Collectors.joining("\n")), null, false, false);
    this.faults = List.copyOf(faults);
  }

  public List<Fault> faults() {
    return faults;
  }
}
