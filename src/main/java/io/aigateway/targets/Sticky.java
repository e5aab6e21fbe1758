package io.aigateway.targets;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.http.SecretHeaders;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.apache.camel.AsyncProcessor;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/**
 * The same target for the same caller, so that its prompt caches stay warm and a canary keeps its
 * callers; with the others behind it.
 */
public final class Sticky extends Chooser {
  private static final String HEADER = "header ";

  private Function<Exchange, String> by = Sticky::caller;
  private @Nullable String weights;

  /**
   * What must be the same: {@code caller} (tenant and key), {@code tenant}, {@code header NAME}.
   */
  public void setBy(String what) {
    String trimmed = what.trim();
    if (trimmed.equals("caller")) {
      by = Sticky::caller;
    } else if (trimmed.equals("tenant")) {
      by = Sticky::tenant;
    } else if (trimmed.startsWith(HEADER)) {
      by = header(trimmed.substring(HEADER.length()).trim());
    } else {
      throw new IllegalArgumentException(
          "by is '" + what + "'; accepted: caller, tenant, header NAME");
    }
  }

  /** The shares of the targets, separated by commas; without them all are equal. */
  public void setWeights(String weights) {
    this.weights = weights;
  }

  @Override
  Group over(List<AsyncProcessor> targets, List<String> names, Tools tools) {
    Weights shares =
        weights == null
            ? Weights.equal(targets.size())
            : Weights.of("weights", weights, ",", targets.size());
    return inOrder(targets, new StickyOrder(names, shares, by), passable(), tools);
  }

  private static Function<Exchange, String> header(String name) {
    if (!isToken(name) || SecretHeaders.has(name)) {
      throw new IllegalArgumentException(
          "by is 'header "
              + name
              + "'; accepted: the name of a header, but none that carries a key");
    }
    return exchange -> {
      Object value = exchange.getMessage().getHeader(name);
      return value == null || value.toString().isBlank() ? caller(exchange) : value.toString();
    };
  }

  private static boolean isToken(String name) {
    String plain = name.toLowerCase(Locale.ROOT);
    return !plain.isEmpty()
        && plain
            .chars()
            .allMatch(c -> c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_');
  }

  /** Who has no name is taken by the request's id: spread over all. */
  static String caller(Exchange exchange) {
    Call call = Call.find(exchange);
    Caller who = call == null ? null : call.caller();
    if (who != null) {
      return who.tenant() + '/' + who.keyName();
    }
    return call == null ? exchange.getExchangeId() : call.id();
  }

  private static String tenant(Exchange exchange) {
    Call call = Call.find(exchange);
    Caller who = call == null ? null : call.caller();
    return who == null ? caller(exchange) : who.tenant();
  }
}
