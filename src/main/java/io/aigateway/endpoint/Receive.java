package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.Var;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.http.CallerRequest;
import java.time.Clock;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Begins a call: gives it its id and the dialect of its door. */
@InMemory
public final class Receive {
  private static final int MAX_ID = 128;

  private final CallerDialect openai;
  private final CallerDialect anthropic;
  private final Supplier<String> ids;
  private final LongSupplier nanoClock;
  private final Clock clock;
  private final WarmUpToken warmUp;

  /**
   * @param ids makes a new request id
   * @param nanoClock monotonic, nanoseconds
   */
  public Receive(
      CallerDialect openai,
      CallerDialect anthropic,
      Supplier<String> ids,
      LongSupplier nanoClock,
      Clock clock,
      WarmUpToken warmUp) {
    this.openai = openai;
    this.anthropic = anthropic;
    this.ids = ids;
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.warmUp = warmUp;
  }

  /** A caller who speaks OpenAI's dialect. */
  public void openai(Exchange exchange) {
    receive(exchange, openai);
  }

  /** A caller who speaks Anthropic's dialect. */
  public void anthropic(Exchange exchange) {
    receive(exchange, anthropic);
  }

  private void receive(Exchange exchange, CallerDialect dialect) {
    CallerRequest request = exchange.getMessage().getBody(CallerRequest.class);
    String asked = request.header("x-request-id");
    Call call =
        new Call(
            request,
            dialect,
            isAcceptable(asked) ? asked : ids.get(),
            nanoClock.getAsLong(),
            clock.millis() / 1000,
            warmUp.matches(request.header(WarmUpToken.HEADER)));
    request.onGone(call::cancelUpstream);
    Var.CALL.set(exchange, call);
  }

  /** 1 to 128 of letters, digits, dot, underscore and hyphen. */
  private static boolean isAcceptable(@Nullable String id) {
    if (id == null || id.isEmpty() || id.length() > MAX_ID) {
      return false;
    }
    for (int i = 0; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean plain =
          c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.';
      if (!plain && c != '_' && c != '-') {
        return false;
      }
    }
    return true;
  }
}
