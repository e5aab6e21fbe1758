package io.aigateway.targets;

import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import org.apache.camel.AsyncCallback;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * Asks one target after the other until one serves, on the exchange itself: nothing is copied, no
 * thread waits, and a failed attempt is undone before the next.
 */
final class Failover extends AsyncProcessorSupport
    implements Navigate<Processor>, IdAware, RouteIdAware {
  private final List<AsyncProcessor> targets;
  private final Order order;
  private final Passable passable;
  private final int maxFailovers;
  private @Nullable String id;
  private @Nullable String routeId;

  /**
   * @param maxFailovers how many targets may follow the first
   */
  Failover(List<AsyncProcessor> targets, Order order, Passable passable, int maxFailovers) {
    this.targets = List.copyOf(targets);
    this.order = order;
    this.passable = passable;
    this.maxFailovers = Math.min(maxFailovers, targets.size() - 1);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    if (targets.size() == 1) {
      return targets.get(0).process(exchange, callback);
    }
    return new Round(exchange, callback, order.of(exchange)).begin();
  }

  /** One exchange on its way along the targets. */
  private final class Round implements AsyncCallback {
    private final Exchange exchange;
    private final AsyncCallback callback;
    private final int[] positions;
    private final Original original;
    private int next;

    Round(Exchange exchange, AsyncCallback callback, int[] positions) {
      this.exchange = exchange;
      this.callback = callback;
      this.positions = positions;
      this.original = new Original(exchange);
    }

    boolean begin() {
      if (!ask()) {
        return false;
      }
      callback.done(true);
      return true;
    }

    /** True when all is done, false when a target goes on by itself. */
    private boolean ask() {
      do {
        if (!targets.get(positions[next]).process(exchange, this)) {
          return false;
        }
      } while (goesOn());
      return true;
    }

    @Override
    public void run() {
      done(false);
    }

    @Override
    public void done(boolean doneSync) {
      // who ended before it returned is looked at by the loop that called it
      if (!doneSync && (!goesOn() || ask())) {
        callback.done(false);
      }
    }

    /** Whether another target is to be asked, for which all is made ready. */
    private boolean goesOn() {
      if (!passable.matches(exchange)) {
        if (exchange.getException() == null) {
          order.served(positions[next]);
        }
        return false;
      }
      if (next >= maxFailovers) {
        return false;
      }
      if (exchange.getContext().getShutdownStrategy().isForceShutdown()) {
        exchange.setException(new RejectedExecutionException("the gateway stops"));
        return false;
      }
      next++;
      original.restore();
      return true;
    }
  }

  @Override
  @SuppressWarnings({"unchecked", "rawtypes"})
  public List<Processor> next() {
    return (List) targets;
  }

  @Override
  public boolean hasNext() {
    return true;
  }

  @Override
  public @Nullable String getId() {
    return id;
  }

  @Override
  public void setId(String id) {
    this.id = id;
  }

  @Override
  public @Nullable String getRouteId() {
    return routeId;
  }

  @Override
  public void setRouteId(String routeId) {
    this.routeId = routeId;
  }

  @Override
  protected void doInit() {
    ServiceHelper.initService(targets);
  }

  @Override
  protected void doStart() {
    ServiceHelper.startService(targets);
  }

  @Override
  protected void doStop() {
    ServiceHelper.stopService(targets);
  }

  @Override
  protected void doShutdown() {
    ServiceHelper.stopAndShutdownServices(targets);
  }

  @Override
  public String toString() {
    return "failover" + targets;
  }
}
