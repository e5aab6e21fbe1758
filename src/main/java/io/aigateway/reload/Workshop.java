package io.aigateway.reload;

import io.aigateway.provider.Providers;
import java.util.List;
import java.util.Map;
import org.apache.camel.spi.BeanRepository;
import org.apache.camel.spi.ProcessorFactory;
import org.apache.camel.spi.RoutePolicyFactory;

/** What are sets of routes built with? For all threads. */
public interface Workshop {

  /** Is a set built to be looked at, or to serve? */
  enum Purpose {
    /** Nothing that others see may change. */
    REHEARSAL,
    SERVICE
  }

  /** The beans that all sets share. */
  BeanRepository shared();

  /**
   * The beans that a set has its own of, by name; they take the place of shared ones.
   *
   * @param providers the set's own
   */
  Map<String, Object> own(Providers providers, Purpose purpose);

  /** What builds the steps of routes. */
  ProcessorFactory processors(Purpose purpose);

  /** What watches each route. */
  List<RoutePolicyFactory> policies(Purpose purpose);

  /** The value of a setting that routes may name, or null. */
  @org.jspecify.annotations.Nullable
  String setting(String name);
}
