package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.call.Var;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.anthropic.AnthropicCaller;
import io.aigateway.dialect.openai.OpenAiCaller;
import io.aigateway.http.CallerRequest;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;

/** Begins a call: gives it its id and the dialect of its door. */
@InMemory
@RouteStep
public final class Receive {
  private static final int MAX_ID = 128;

  private final Map<String, CallerDialect> callers = new TreeMap<>();
  private final Supplier<String> ids;
  private final LongSupplier nanoClock;
  private final Clock clock;
  private final WarmUpToken warmUp;

  /**
   * @param callers the dialects of all doors
   * @param ids makes a new request id
   * @param nanoClock monotonic, nanoseconds
   */
  public Receive(
      List<CallerDialect> callers,
      Supplier<String> ids,
      LongSupplier nanoClock,
      Clock clock,
      WarmUpToken warmUp) {
    callers.forEach(dialect -> this.callers.put(dialect.name(), dialect));
    this.ids = ids;
    this.nanoClock = nanoClock;
    this.clock = clock;
    this.warmUp = warmUp;
  }

  /** A caller who speaks OpenAI's dialect. */
  public void openai(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.CHAT);
  }

  /** A caller who speaks Anthropic's dialect. */
  public void anthropic(Exchange exchange) {
    receive(exchange, AnthropicCaller.NAME, Operation.CHAT);
  }

  /** A caller who wants the tokens of a request in Anthropic's dialect counted. */
  public void anthropicCount(Exchange exchange) {
    receive(exchange, AnthropicCaller.NAME, Operation.COUNT_TOKENS);
  }

  /** A caller who speaks OpenAI's Responses API. */
  public void responses(Exchange exchange) {
    receive(exchange, "responses", Operation.CHAT);
  }

  /** A caller who speaks OpenAI's legacy completions. */
  public void completions(Exchange exchange) {
    receive(exchange, "completions", Operation.CHAT);
  }

  /** A caller who wants vectors in OpenAI's dialect. */
  public void embeddings(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.EMBEDDINGS);
  }

  /** A caller who wants pictures in OpenAI's dialect. */
  public void images(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.IMAGES);
  }

  /** A caller who wants texts judged in OpenAI's dialect. */
  public void moderations(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.MODERATIONS);
  }

  /** A caller who wants documents ordered, with errors in OpenAI's dialect. */
  public void rerank(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.RERANK);
  }

  /** A caller who wants a text spoken, in OpenAI's dialect. */
  public void speech(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.SPEECH);
  }

  /** A caller who wants to know what is said in a recording, with errors in OpenAI's dialect. */
  public void transcriptions(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.TRANSCRIPTIONS);
  }

  /** Somebody who administers, with errors in OpenAI's dialect. */
  public void admin(Exchange exchange) {
    receive(exchange, OpenAiCaller.NAME, Operation.CHAT);
  }

  private void receive(Exchange exchange, String dialect, Operation operation) {
    CallerRequest request = exchange.getMessage().getBody(CallerRequest.class);
    String asked = request.header("x-request-id");
    Call call =
        new Call(
            request,
            Objects.requireNonNull(callers.get(dialect), dialect),
            operation,
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
