package io.aigateway.endpoint;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.http.HttpAnswer;
import io.aigateway.provider.Provider;
import io.aigateway.provider.Providers;
import io.aigateway.wire.Json;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.camel.Exchange;

/** Which models may this key call? Of those that the YAML of the configured providers names. */
@InMemory
@RouteStep
public final class ListModels {
  private static final String PREFIX = "/v1/models/";

  private final Providers providers;

  public ListModels(Providers providers) {
    this.providers = providers;
  }

  /** All of them, as {@code provider/model}. */
  public HttpAnswer all(Exchange exchange) {
    Call call = Call.of(exchange);
    ObjectNode list = Json.object().put("object", "list");
    ArrayNode data = list.putArray("data");
    for (Provider provider : providers.all()) {
      if (provider.configuredFor(call.caller())) {
        for (String model : callable(provider, call)) {
          data.add(describe(provider.name() + "/" + model, provider));
        }
      }
    }
    return answer(call, list);
  }

  /**
   * One of them, with or without the provider before it.
   *
   * @throws RequestException 404 when there is none of this name
   */
  public HttpAnswer one(Exchange exchange) {
    Call call = Call.of(exchange);
    String path = call.request().path();
    String id = path.startsWith(PREFIX) ? path.substring(PREFIX.length()) : "";
    try {
      id = URLDecoder.decode(id.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      id = "";
    }
    for (Provider provider : providers.all()) {
      if (provider.configuredFor(call.caller())) {
        for (String model : callable(provider, call)) {
          if (id.equals(model) || id.equals(provider.name() + "/" + model)) {
            return answer(call, describe(id, provider));
          }
        }
      }
    }
    throw new RequestException(
        new ApiError(
            404,
            "invalid_request_error",
            "model_not_found",
            "model",
            "the model does not exist or no provider of this gateway offers it",
            null,
            false));
  }

  /** The provider's models that this key may call. */
  private static List<String> callable(Provider provider, Call call) {
    Caller caller = call.caller();
    if (caller == null || caller.models().allowsEverything()) {
      return provider.models();
    }
    return provider.models().stream()
        .filter(model -> caller.models().allowsCalling(provider.name(), model))
        .toList();
  }

  private static ObjectNode describe(String id, Provider provider) {
    return Json.object()
        .put("id", id)
        .put("object", "model")
        .put("created", 0)
        .put("owned_by", provider.name());
  }

  private static HttpAnswer answer(Call call, ObjectNode body) {
    call.status(200);
    return GatewayHeaders.add(HttpAnswer.json(200, Json.bytes(body)), call);
  }
}
