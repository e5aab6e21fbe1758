package io.aigateway.settings;

import java.math.BigInteger;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Collects what a settings record finds wrong with its own values, then throws it all at once. */
final class Check {
  private final List<Fault> faults = new ArrayList<>();

  Check range(Variable variable, long value) {
    variable
        .range()
        .filter(range -> !range.contains(BigInteger.valueOf(value)))
        .ifPresent(
            range -> faults.add(Fault.of(variable, String.valueOf(value), "is out of range")));
    return this;
  }

  Check range(Variable variable, Duration value) {
    if (value.toNanosPart() != 0) {
      faults.add(Fault.of(variable, value.toString(), "is not a whole number of seconds"));
      return this;
    }
    return range(variable, value.toSeconds());
  }

  Check that(boolean holds, Set<Variable> variables, String problem, String accepted) {
    if (!holds) {
      faults.add(Fault.among(variables, problem, accepted));
    }
    return this;
  }

  void orThrow() {
    if (!faults.isEmpty()) {
      throw new SettingsException(faults);
    }
  }
}
