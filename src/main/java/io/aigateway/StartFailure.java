package io.aigateway;

import io.aigateway.settings.Address;
import io.aigateway.settings.SettingsException;
import java.io.IOException;
import java.net.BindException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/**
 * Why did the start fail, in one line? As Spring's reporter it keeps Spring's own report, many
 * lines and a stack trace, out of the logs: whoever started the application gets the exception and
 * says it once.
 */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailure implements SpringBootExceptionReporter {
  private static final int LONGEST = 500;

  @Override
  public boolean reportException(Throwable failure) {
    return true;
  }

  /** Faults of the configuration that a bean found, such as a default provider nobody knows. */
  static Optional<SettingsException> settings(Throwable failure) {
    return chain(failure).stream()
        .filter(SettingsException.class::isInstance)
        .map(SettingsException.class::cast)
        .findFirst();
  }

  /** One line for a person; {@code address} is where the process was to listen. */
  static String describe(Throwable failure, Address address) {
    List<Throwable> chain = chain(failure);
    for (Throwable cause : chain) {
      String message = String.valueOf(cause.getMessage());
      // the native transport has no exception of its own for this
      if (cause instanceof BindException
          || cause instanceof IOException && message.startsWith("bind(")) {
        return "can't listen on ADDR=" + address + ": " + oneLine(message);
      }
    }
    Throwable root = chain.get(chain.size() - 1);
    Throwable outer =
        chain.stream()
            .filter(cause -> !cause.getClass().getName().startsWith("org.springframework."))
            .findFirst()
            .orElse(root);
    String first = text(outer);
    String last = text(root);
    return oneLine(first.contains(last) ? first : first + ": " + last);
  }

  private static String text(Throwable cause) {
    String message = cause.getMessage();
    return message == null || message.isBlank() ? cause.getClass().getSimpleName() : message;
  }

  private static String oneLine(String text) {
    String line = text.lines().map(String::strip).collect(Collectors.joining(" "));
    return line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line;
  }

  private static List<Throwable> chain(Throwable failure) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable cause = failure;
        cause != null && !chain.contains(cause);
        cause = cause.getCause()) {
      chain.add(cause);
    }
    return chain;
  }
}
