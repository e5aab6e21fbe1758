package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.dialect.CallerDialect;
import io.aigateway.error.ApiError;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.RequestException;
import io.aigateway.error.TargetException;
import io.aigateway.http.HttpAnswer;
import java.time.Duration;
import java.util.concurrent.CompletionException;
import org.apache.camel.Exchange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes the error that ended a request, in the caller's dialect: the only place that does. */
@InMemory
@RouteStep
public final class WriteError {
  private static final Logger LOG = LoggerFactory.getLogger(WriteError.class);

  private final CallerDialect fallback;

  /**
   * @param fallback for requests that failed before their dialect was known
   */
  public WriteError(CallerDialect fallback) {
    this.fallback = fallback;
  }

  /** The answer for the exception that Camel caught. */
  public HttpAnswer write(Exchange exchange) {
    Throwable failure = exchange.getProperty(Exchange.EXCEPTION_CAUGHT, Throwable.class);
    while (failure instanceof CompletionException && failure.getCause() != null) {
      failure = failure.getCause();
    }
    Call call = Call.find(exchange);
    ApiError error = Verdict.of(call, failure);
    if (call != null) {
      call.status(failure instanceof CallerGoneException ? 499 : error.status());
    }
    if (!isExpected(failure)) {
      LOG.error("request {} failed", call == null ? "?" : call.id(), failure);
    } else if (failure instanceof TargetException && call != null) {
      // what the providers said may quote the caller: the log has their statuses only
      LOG.info(
          "request {} failed with {}: {}", call.id(), error.status(), GatewayHeaders.route(call));
    }
    CallerDialect dialect = call == null ? fallback : call.dialect();
    String id = call == null ? "" : call.id();
    HttpAnswer answer = HttpAnswer.json(error.status(), dialect.error(error, id));
    if (call != null) {
      GatewayHeaders.add(answer, call);
    }
    Duration wait = error.retryAfter();
    if (wait != null) {
      answer.header("retry-after", Long.toString(wholeSeconds(wait)));
    }
    if (error.hopeless()) {
      answer.header("x-should-retry", "false");
    }
    if (error.status() == 401) {
      answer.header("www-authenticate", Challenge.of(error));
    }
    if (error.status() == 405 && call != null) {
      answer.header("allow", String.join(", ", call.request().allowedMethods()));
    }
    return answer;
  }

  private static boolean isExpected(@Nullable Throwable failure) {
    return failure instanceof RequestException
        || failure instanceof TargetException
        || failure instanceof CallerGoneException;
  }

  /** Rounded up: who comes back a moment too early waits twice. */
  private static long wholeSeconds(Duration wait) {
    return Math.max(1, (wait.toMillis() + 999) / 1000);
  }
}
