package io.aigateway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.Breaker.Snapshot;
import io.aigateway.wire.Json;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;

/** A breaker as people see it: in {@code /health} and wherever breakers are listed. */
public final class BreakerJson {
  private final Clock clock;
  private final LongSupplier nanoClock;

  public BreakerJson(Clock clock, LongSupplier nanoClock) {
    this.clock = clock;
    this.nanoClock = nanoClock;
  }

  /**
   * {@code name, state, since, next_probe_at, calls, failures, opened_by, reason}; what there is
   * none of is null.
   */
  public ObjectNode of(Breaker breaker) {
    Snapshot snapshot = breaker.snapshot();
    Instant now = clock.instant();
    long age = nanoClock.getAsLong() - snapshot.sinceNanos();
    return Json.object()
        .put("name", snapshot.name())
        .put("state", snapshot.state().label())
        .put("since", text(now.minusNanos(age)))
        .put(
            "next_probe_at",
            snapshot.state() == Breaker.State.OPEN ? text(now.plus(snapshot.untilProbe())) : null)
        .put("calls", snapshot.calls())
        .put("failures", snapshot.failures())
        .put("opened_by", snapshot.openedBy())
        .put("reason", snapshot.reason());
  }

  private static String text(Instant moment) {
    return moment.truncatedTo(ChronoUnit.MILLIS).toString();
  }
}
