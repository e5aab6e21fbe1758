package io.aigateway.admin;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.breaker.Breaker;
import io.aigateway.breaker.Breaker.Force;
import io.aigateway.breaker.Breakers;
import io.aigateway.call.RouteStep;
import io.aigateway.http.HttpAnswer;
import io.aigateway.observe.BreakerJson;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.wire.Json;
import java.util.Locale;
import java.util.Map;
import org.apache.camel.Exchange;

/** The steps that show the providers and their breakers, and force a breaker by hand. */
@RouteStep
public final class AdminProviders {
  private static final Map<String, Force> FORCES =
      Map.of("open", Force.OPEN, "closed", Force.CLOSED, "auto", Force.AUTO);

  private final Desk desk;
  private final Providers providers;
  private final Breakers breakers;
  private final BreakerJson shape;

  public AdminProviders(Desk desk, Providers providers, Breakers breakers, BreakerJson shape) {
    this.desk = desk;
    this.providers = providers;
    this.breakers = breakers;
    this.shape = shape;
  }

  /** All of them, by name. */
  public HttpAnswer list(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    ObjectNode page = Json.object();
    ArrayNode data = page.putArray("data");
    for (Provider provider : providers.all()) {
      ObjectNode entry =
          data.addObject()
              .put("name", provider.name())
              .put("dialect", provider.dialect().name())
              .put("configured", provider.configured());
      ArrayNode models = entry.putArray("models");
      provider.models().forEach(models::add);
      Breaker breaker = breakers.find(provider.name());
      entry.set("breaker", breaker == null ? Json.MAPPER.nullNode() : shape.of(breaker));
    }
    page.put("has_more", false).putNull("next_after");
    return asked.answer(200, page);
  }

  /** Opens or closes a breaker until it is told to go on by itself; on all replicas that share. */
  public HttpAnswer force(Exchange exchange) {
    Asked asked = Asked.of(exchange);
    asked.onlyParameters();
    Breaker breaker = breakers.find(asked.after("providers"));
    if (breaker == null) {
      throw Problem.notFound("provider");
    }
    Fields fields = Asked.fields(asked.body(), false);
    Force order =
        fields
            .text("state", 16)
            .map(FORCES::get)
            .orElseThrow(
                () ->
                    Problem.invalid(
                        "state", "state is not accepted; accepted: open, closed, auto"));
    fields.noOther();
    ObjectNode before = shape.of(breaker);
    desk.note(
        session -> {
          desk.audit(
              session,
              asked.actor(),
              "breaker.force",
              breaker.name(),
              null,
              before,
              Json.object().put("state", order.name().toLowerCase(Locale.ROOT)));
          return true;
        });
    breaker.force(order);
    return asked.answer(200, shape.of(breaker));
  }
}
