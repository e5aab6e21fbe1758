package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.observe.RoutesJson;
import io.aigateway.reload.LiveRoutes.InForce;
import io.aigateway.reload.LiveRoutes.Loaded;
import java.util.function.Supplier;
import org.apache.camel.Exchange;

/** The step that shows which route files are in force, and what became of the last change. */
@RouteStep
public final class AdminRoutes {
  private final Supplier<InForce> inForce;

  public AdminRoutes(Supplier<InForce> inForce) {
    this.inForce = inForce;
  }

  /** All files, by name, with what {@code /health} says of them together. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    InForce now = inForce.get();
    ObjectNode page = RoutesJson.of(now.state());
    ArrayNode data = page.putArray("data");
    for (Loaded file : now.files()) {
      ObjectNode entry =
          data.addObject().put("name", file.name()).put("origin", file.origin().label());
      ArrayNode routes = entry.putArray("routes");
      file.routes().forEach(routes::add);
    }
    page.put("has_more", false).putNull("next_after");
    return asked.answer(200, page);
  }
}
