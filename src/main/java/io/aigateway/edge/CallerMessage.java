package io.aigateway.edge;

import io.aigateway.http.SecretHeaders;
import io.vertx.core.MultiMap;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.CamelContext;
import org.apache.camel.Message;
import org.apache.camel.support.DefaultMessage;
import org.jspecify.annotations.Nullable;

/**
 * A message whose headers are the caller's, copied only when a route looks at them: the policy may
 * test them, few policies do. What is secret or Camel's own is left out. A copy of the message has
 * them for itself, since the caller's don't outlast the beginning of a stream.
 */
final class CallerMessage extends DefaultMessage {
  private final MultiMap callerHeaders;

  CallerMessage(CamelContext context, MultiMap callerHeaders) {
    super(context);
    this.callerHeaders = callerHeaders;
  }

  @Override
  public DefaultMessage newInstance() {
    return new CallerMessage(getCamelContext(), callerHeaders);
  }

  @Override
  public Message copy() {
    Message copy = super.copy();
    copy.getHeaders();
    return copy;
  }

  /** One header is read where it is; Camel asks for some of its own at every step. */
  @Override
  public @Nullable Object getHeader(String name) {
    if (hasPopulatedHeaders()) {
      return super.getHeader(name);
    }
    if (name.startsWith("Camel")) {
      return null;
    }
    return isHidden(name.toLowerCase(Locale.ROOT)) ? null : callerHeaders.get(name);
  }

  private static boolean isHidden(String lowerCaseName) {
    return lowerCaseName.startsWith("camel") || SecretHeaders.has(lowerCaseName);
  }

  @Override
  protected void populateInitialHeaders(Map<String, Object> map) {
    for (Map.Entry<String, String> header : callerHeaders) {
      String name = header.getKey();
      if (!isHidden(name.toLowerCase(Locale.ROOT))) {
        map.putIfAbsent(name, header.getValue());
      }
    }
  }
}
