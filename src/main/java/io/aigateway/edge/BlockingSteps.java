package io.aigateway.edge;

import io.aigateway.call.InMemory;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.AsyncProducer;
import org.apache.camel.CamelContext;
import org.apache.camel.Channel;
import org.apache.camel.Endpoint;
import org.apache.camel.Navigate;
import org.apache.camel.Processor;
import org.apache.camel.Producer;
import org.apache.camel.Route;
import org.apache.camel.component.bean.BeanProcessor;
import org.apache.camel.component.direct.DirectEndpoint;
import org.apache.camel.processor.BaseDelegateProcessorSupport;
import org.apache.camel.processor.SendDynamicProcessor;
import org.apache.camel.processor.SendProcessor;
import org.apache.camel.spi.IdAware;
import org.apache.camel.support.processor.DelegateAsyncProcessor;

/**
 * Does a route, or one that it calls through {@code direct}, have a step that blocks its thread?
 * Found by walking the processors that Camel built: a bean without {@link InMemory}, a processor
 * that is not asynchronous, an endpoint whose producer is not.
 */
final class BlockingSteps {

  /**
   * Steps of Camel's own that return at once; every step that is not known to is taken to block.
   */
  private static final Set<String> QUICK =
      Stream.of(
              "SetBody",
              "SetHeader",
              "SetHeaders",
              "SetProperty",
              "SetVariable",
              "SetVariables",
              "RemoveHeader",
              "RemoveHeaders",
              "RemoveProperty",
              "RemoveProperties",
              "RemoveVariable",
              "Transform",
              "ThrowException",
              "Stop",
              "Delayer",
              "WireTap",
              "ExchangePattern",
              "Rollback")
          .map(step -> "org.apache.camel.processor." + step)
          .flatMap(step -> Stream.of(step, step + "Processor"))
          .collect(Collectors.toUnmodifiableSet());

  /** What was found: the names of the steps that block. */
  record Verdict(List<String> steps) {
    Verdict {
      steps = List.copyOf(steps);
    }

    boolean blocks() {
      return !steps.isEmpty();
    }
  }

  private final CamelContext context;
  private final Set<String> seen = new HashSet<>();
  private final List<String> found = new ArrayList<>();

  private BlockingSteps(CamelContext context) {
    this.context = context;
  }

  /** Looks at the route behind this door; all routes must have been built. */
  static Verdict of(CamelContext context, Endpoint door) {
    BlockingSteps search = new BlockingSteps(context);
    search.routesFrom(door);
    return new Verdict(search.found);
  }

  private void routesFrom(Endpoint door) {
    for (Route route : context.getRoutes()) {
      if (route.getEndpoint() == door && seen.add(route.getId())) {
        for (Processor child : children(route.navigate())) {
          look(route, child);
        }
      }
    }
  }

  private void look(Route route, Processor processor) {
    if (processor instanceof Channel channel) {
      look(route, channel.getNextProcessor());
    } else if (processor instanceof SendProcessor send) {
      if (send.getDestination() instanceof DirectEndpoint direct) {
        follow(name(direct));
      } else if (!isAsync(send.getDestination())) {
        found.add(name(route, send.getId()));
      }
    } else if (processor instanceof SendDynamicProcessor dynamic) {
      // a dynamic step may go to any route of the same beginning; all of them are looked at
      String uri = String.valueOf(dynamic.getUri());
      if (uri.startsWith("direct:")) {
        String prefix = uri.substring("direct:".length(), Math.max(7, uri.indexOf("$")));
        directsOf(prefix);
      } else {
        found.add(name(route, dynamic.getId()));
      }
    } else if (processor instanceof BeanProcessor bean) {
      if (!isInMemory(bean)) {
        found.add(name(route, bean.getId()));
      }
    } else if (processor instanceof DelegateAsyncProcessor wrapper) {
      look(route, wrapper.getProcessor());
    } else if (processor instanceof BaseDelegateProcessorSupport wrapper) {
      look(route, wrapper.getProcessor());
    } else if (processor instanceof Navigate<?> group) {
      for (Processor child : children(group)) {
        look(route, child);
      }
    } else if (!QUICK.contains(processor.getClass().getName())
        && !isInMemoryType(processor.getClass())) {
      found.add(name(route, id(processor)));
    }
  }

  private void follow(String direct) {
    for (Route route : context.getRoutes()) {
      if (route.getEndpoint() instanceof DirectEndpoint door && name(door).equals(direct)) {
        routesFrom(door);
      }
    }
  }

  private void directsOf(String prefix) {
    for (Route route : context.getRoutes()) {
      if (route.getEndpoint() instanceof DirectEndpoint door && name(door).startsWith(prefix)) {
        routesFrom(door);
      }
    }
  }

  private static String name(DirectEndpoint door) {
    String uri = door.getEndpointUri();
    int query = uri.indexOf('?');
    String path = query < 0 ? uri : uri.substring(0, query);
    return path.substring(path.lastIndexOf(path.contains("//") ? "//" : ":") + 1).replace("/", "");
  }

  private static boolean isAsync(Endpoint endpoint) {
    if (isInMemoryType(endpoint.getClass())) {
      return true;
    }
    try (Producer producer = endpoint.createProducer()) {
      return producer instanceof AsyncProducer;
    } catch (Exception e) {
      return false;
    }
  }

  private static boolean isInMemory(BeanProcessor bean) {
    Object target = bean.getBean();
    return target != null && isInMemoryType(target.getClass());
  }

  private static boolean isInMemoryType(Class<?> type) {
    return type.isAnnotationPresent(InMemory.class);
  }

  private static List<Processor> children(Navigate<?> node) {
    List<Processor> children = new ArrayList<>();
    if (node.hasNext() && node.next() != null) {
      for (Object child : node.next()) {
        if (child instanceof Processor processor) {
          children.add(processor);
        }
      }
    }
    return children;
  }

  private static String id(Processor processor) {
    return processor instanceof IdAware step && step.getId() != null
        ? step.getId()
        : processor.getClass().getSimpleName();
  }

  private static String name(Route route, String step) {
    return route.getId() + "/" + step;
  }
}
