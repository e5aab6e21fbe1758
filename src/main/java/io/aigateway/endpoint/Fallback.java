package io.aigateway.endpoint;

import io.aigateway.call.Attempt;
import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.call.Var;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import io.aigateway.provider.Providers;
import java.util.List;
import org.apache.camel.Exchange;

/** Whom does the tenant want to be asked when every target of a rule has failed? */
@InMemory
@RouteStep
public final class Fallback {
  private final Providers providers;

  public Fallback(Providers providers) {
    this.providers = providers;
  }

  /**
   * Names the next provider of the tenant's list, and its model if the list says one.
   *
   * @throws TargetException when none is left; also when the caller insisted on a provider
   */
  public void next(Exchange exchange) {
    Call call = Call.of(exchange);
    Caller caller = call.caller();
    boolean insisted = !"".equals(Var.PROVIDER.get(exchange));
    List<String> list = caller == null || insisted ? List.of() : caller.fallbackProviders();
    for (int i = call.nextFallback(); i < list.size(); i = call.nextFallback()) {
      String entry = list.get(i);
      int slash = entry.indexOf('/');
      String provider = slash < 0 ? entry : entry.substring(0, slash);
      String model = slash < 0 ? call.model() : entry.substring(slash + 1);
      if (providers.isKnown(provider) && !wasTried(call, provider, model)) {
        Var.PROVIDER.set(exchange, provider);
        Var.MODEL_SENT.set(exchange, model);
        return;
      }
    }
    throw last(call);
  }

  private static boolean wasTried(Call call, String provider, String model) {
    for (Attempt attempt : call.attempts()) {
      if (attempt.provider().equals(provider) && attempt.model().equals(model)) {
        return true;
      }
    }
    return false;
  }

  /** What the caller is told is made of all attempts; this only ends the search. */
  private static TargetException last(Call call) {
    for (int i = call.attempts().size() - 1; i >= 0; i--) {
      TargetException failure = call.attempts().get(i).failure();
      if (failure != null) {
        return failure;
      }
    }
    return new TargetException(Kind.NO_ATTEMPT_LEFT, "", "no fallback left");
  }
}
