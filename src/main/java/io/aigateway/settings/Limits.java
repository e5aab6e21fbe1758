package io.aigateway.settings;

import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * What may the built-in tenant {@code default} use?
 *
 * @param requestsPerMinute {@code BOOTSTRAP_RATE_LIMIT_RPM}, empty = no limit
 * @param budgetUsd {@code BOOTSTRAP_BUDGET_USD} a calendar month, empty = no budget
 */
public record Limits(Optional<Integer> requestsPerMinute, Optional<BigDecimal> budgetUsd) {
  public Limits {
    Check check = new Check();
    requestsPerMinute.ifPresent(value -> check.range(Variable.BOOTSTRAP_RATE_LIMIT_RPM, value));
    check.orThrow();
    budgetUsd
        .filter(value -> value.signum() < 0)
        .ifPresent(
            value -> {
              throw new SettingsException(
                  List.of(
                      Fault.of(
                          Variable.BOOTSTRAP_BUDGET_USD, value.toPlainString(), "is negative")));
            });
  }
}
