package io.aigateway.targets;

import io.aigateway.call.Var;
import java.util.HashMap;
import java.util.Map;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeExtension;
import org.apache.camel.ExchangePropertyKey;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * What a target gets to see: the exchange as it came to the choice. Remembered cheaply, since most
 * first targets serve, and put back before the next one is asked.
 */
final class Original {
  private static final Var[] VARIABLES = Var.values();

  private final Exchange exchange;
  private final Message message;
  private final @Nullable Object body;
  private final @Nullable Map<String, Object> headers;
  private final @Nullable Object[] variables = new @Nullable Object[VARIABLES.length];

  Original(Exchange exchange) {
    this.exchange = exchange;
    this.message = exchange.getIn();
    this.body = message.getBody();
    // a caller's headers are not read into the message before a step looks at them
    this.headers = message.hasHeaders() ? new HashMap<>(message.getHeaders()) : null;
    Map<String, Object> now = exchange.getVariables();
    for (int i = 0; i < variables.length; i++) {
      variables[i] = now.get(VARIABLES[i].key());
    }
  }

  /** Undoes what an attempt that failed has left. */
  @SuppressWarnings("deprecation") // a step may have left an out message, in whichever way
  void restore() {
    exchange.setOut(null);
    Message fresh = message;
    if (headers != null) {
      message.setHeaders(new HashMap<>(headers));
    } else if (message.hasHeaders() && message instanceof DefaultMessage read) {
      fresh = read.newInstance();
    }
    fresh.setBody(body);
    exchange.setIn(fresh);
    Map<String, Object> now = exchange.getVariables();
    for (int i = 0; i < variables.length; i++) {
      Object before = variables[i];
      if (before == null) {
        now.remove(VARIABLES[i].key());
      } else {
        now.put(VARIABLES[i].key(), before);
      }
    }
    clear(exchange);
  }

  /** Takes the marks of a failure from the exchange. */
  static void clear(Exchange exchange) {
    exchange.setException(null);
    exchange.setRouteStop(false);
    exchange.setRollbackOnly(false);
    exchange.setRollbackOnlyLast(false);
    ExchangeExtension state = exchange.getExchangeExtension();
    state.setRedeliveryExhausted(false);
    state.setFailureHandled(false);
    state.setErrorHandlerHandled(null);
    exchange.removeProperty(ExchangePropertyKey.EXCEPTION_CAUGHT);
    exchange.removeProperty(ExchangePropertyKey.FAILURE_ENDPOINT);
    exchange.removeProperty(ExchangePropertyKey.FAILURE_ROUTE_ID);
    exchange.removeProperty(ExchangePropertyKey.FATAL_FALLBACK_ERROR_HANDLER);
  }
}
