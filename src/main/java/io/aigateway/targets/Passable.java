package io.aigateway.targets;

import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import java.util.List;
import org.apache.camel.Exchange;

/**
 * Which failures of a target go on to the next one?
 *
 * @param classes the exceptions that YAML lists; none means all but those that end the request
 */
record Passable(List<Class<?>> classes) {
  Passable {
    classes = List.copyOf(classes);
  }

  /** Whether the failure of this exchange goes on to the next target. */
  boolean matches(Exchange exchange) {
    Exception failure = exchange.getException();
    if (failure == null || failure instanceof CallerGoneException) {
      return false;
    }
    if (classes.isEmpty()) {
      return !(failure instanceof RequestException);
    }
    for (Class<?> type : classes) {
      // looks at the causes too, as Camel does
      if (type.isInstance(failure)
          || exchange.getException(type.asSubclass(Throwable.class)) != null) {
        return true;
      }
    }
    return false;
  }
}
