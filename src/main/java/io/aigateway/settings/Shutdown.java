package io.aigateway.settings;

import java.time.Duration;
import java.util.Set;

/**
 * How long may each part of the stop take? All is counted from SIGTERM and nested.
 *
 * @param preDrain {@code PRE_DRAIN}: unready, new calls are still served
 * @param drainTimeout {@code DRAIN_TIMEOUT}: calls in flight get to end
 * @param limit {@code SHUTDOWN_TIMEOUT}: the process has ended, at most 40 s
 */
public record Shutdown(Duration preDrain, Duration drainTimeout, Duration limit) {
  public Shutdown {
    new Check()
        .range(Variable.PRE_DRAIN, preDrain)
        .range(Variable.DRAIN_TIMEOUT, drainTimeout)
        .range(Variable.SHUTDOWN_TIMEOUT, limit)
        .that(
            preDrain.plus(drainTimeout).compareTo(limit) <= 0,
            Set.of(Variable.PRE_DRAIN, Variable.DRAIN_TIMEOUT, Variable.SHUTDOWN_TIMEOUT),
            String.format(
                "PRE_DRAIN=%d and DRAIN_TIMEOUT=%d don't fit into SHUTDOWN_TIMEOUT=%d",
                preDrain.toSeconds(), drainTimeout.toSeconds(), limit.toSeconds()),
            "PRE_DRAIN + DRAIN_TIMEOUT <= SHUTDOWN_TIMEOUT <= 40")
        .orThrow();
  }
}
