package io.aigateway.usage;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.observe.RequestMetrics;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Settles what a request used, exactly once, when its answer has ended: at once for a whole answer,
 * at the last event for a stream, at the caller's leaving when it leaves.
 */
@InMemory
@RouteStep
public final class Settle {
  private static final Logger LOG = LoggerFactory.getLogger(Settle.class);

  private final RequestMetrics metrics;
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock monotonic, nanoseconds
   */
  public Settle(RequestMetrics metrics, LongSupplier nanoClock) {
    this.metrics = metrics;
    this.nanoClock = nanoClock;
  }

  /** Waits for the end of the answer without a thread, then settles. */
  public void settle(Exchange exchange) {
    Call call = Call.find(exchange);
    if (call != null) {
      call.request().onClosed(() -> ended(call));
    }
  }

  private void ended(Call call) {
    // an answer that nobody began to read must not keep its provider call
    call.cancelUpstream();
    if (call.isWarmUp()) {
      return;
    }
    if (call.request().isGone()) {
      call.status(499);
    }
    metrics.ended(call, nanoClock.getAsLong());
    if (LOG.isDebugEnabled()) {
      LOG.debug(
          "request {} status {} provider {} model {} attempts {}",
          call.id(),
          call.status(),
          call.answeredBy(),
          call.modelSent(),
          call.asked());
    }
  }
}
