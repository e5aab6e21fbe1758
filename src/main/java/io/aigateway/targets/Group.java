package io.aigateway.targets;

import java.util.List;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/** A step with steps inside, as Camel wants to see it: with its id, its children and their life. */
abstract class Group extends AsyncProcessorSupport
    implements Navigate<Processor>, IdAware, RouteIdAware {
  final List<AsyncProcessor> targets;
  private @Nullable String id;
  private @Nullable String routeId;

  Group(List<AsyncProcessor> targets) {
    this.targets = List.copyOf(targets);
  }

  @Override
  public final List<Processor> next() {
    return List.copyOf(targets);
  }

  @Override
  public final boolean hasNext() {
    return true;
  }

  @Override
  public final @Nullable String getId() {
    return id;
  }

  @Override
  public final void setId(String id) {
    this.id = id;
  }

  @Override
  public final @Nullable String getRouteId() {
    return routeId;
  }

  @Override
  public final void setRouteId(String routeId) {
    this.routeId = routeId;
  }

  @Override
  protected final void doInit() {
    ServiceHelper.initService(targets);
  }

  @Override
  protected final void doStart() {
    ServiceHelper.startService(targets);
  }

  @Override
  protected final void doStop() {
    ServiceHelper.stopService(targets);
  }

  @Override
  protected final void doShutdown() {
    ServiceHelper.stopAndShutdownServices(targets);
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + targets;
  }
}
