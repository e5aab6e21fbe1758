package io.aigateway.observe;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.reload.RouteState;
import io.aigateway.wire.Json;

/** How the state of the routes looks in JSON. */
public final class RoutesJson {
  private RoutesJson() {}

  public static ObjectNode of(RouteState routes) {
    ObjectNode entry = Json.object();
    entry.put("version", routes.version());
    entry.put("digest", routes.digest());
    entry.put("count", routes.count());
    entry.put("loaded_at", routes.loadedAt().toString());
    entry.put("last_error", routes.lastError());
    if (routes.lastErrorAt() != null) {
      entry.put("last_error_at", routes.lastErrorAt().toString());
    }
    return entry;
  }
}
