package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import java.util.Set;
import org.apache.camel.Exchange;

/** Ends a request with the error that a route asks for. */
@InMemory
@RouteStep
public final class Refuse {

  /** 404: the policy has no target for the model. */
  public void modelNotFound(Exchange exchange) {
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

  /** 501: the path is part of the API but not built yet. */
  public void notImplemented(Exchange exchange) {
    throw new RequestException(
        new ApiError(
            501, "invalid_request_error", "not_implemented", "this endpoint is not there yet"));
  }

  /** 404, or 405 when the path is served under other methods. */
  public void unknownPath(Exchange exchange) {
    Set<String> allowed = Call.of(exchange).request().allowedMethods();
    if (allowed.isEmpty()) {
      throw new RequestException(
          new ApiError(404, "invalid_request_error", "unknown_path", "unknown path"));
    }
    throw new RequestException(
        new ApiError(
            405,
            "invalid_request_error",
            "method_not_allowed",
            "the method is not accepted here; accepted: " + String.join(", ", allowed)));
  }
}
