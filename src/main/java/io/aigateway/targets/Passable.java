package io.aigateway.targets;

import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import java.util.ArrayList;
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

  /**
   * The classes of these names.
   *
   * @throws IllegalArgumentException when there is no such exception
   */
  static Passable named(List<String> names) {
    List<Class<?>> found = new ArrayList<>();
    for (String name : names) {
      try {
        Class<?> type = Class.forName(name);
        if (!Throwable.class.isAssignableFrom(type)) {
          throw new ClassNotFoundException(name);
        }
        found.add(type);
      } catch (ClassNotFoundException e) {
        throw new IllegalArgumentException(
            "exception is '" + name + "'; accepted: names of exception classes", e);
      }
    }
    return new Passable(found);
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
