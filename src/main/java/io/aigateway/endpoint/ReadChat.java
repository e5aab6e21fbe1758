package io.aigateway.endpoint;

import io.aigateway.call.Call;
import io.aigateway.call.Caller;
import io.aigateway.call.InMemory;
import io.aigateway.call.RouteStep;
import io.aigateway.call.Var;
import io.aigateway.dialect.Operation;
import io.aigateway.dialect.RequestHead;
import io.aigateway.error.ApiError;
import io.aigateway.error.RequestException;
import io.aigateway.http.IncomingBody;
import io.aigateway.provider.Providers;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.apache.camel.Exchange;

/** Reads the body as far as routing needs it, and names the model and the provider asked for. */
@InMemory
@RouteStep
public final class ReadChat {
  private final Providers providers;
  private final long maxBodyBytes;
  private final LongSupplier nanoClock;

  /**
   * @param nanoClock monotonic, nanoseconds
   */
  public ReadChat(Providers providers, long maxBodyBytes, LongSupplier nanoClock) {
    this.nanoClock = nanoClock;
    this.providers = providers;
    this.maxBodyBytes = maxBodyBytes;
  }

  /** The head of a request. */
  public CompletionStage<RequestHead> chat(Exchange exchange) {
    Call call = Call.of(exchange);
    if (call.operation() == Operation.TRANSCRIPTIONS) {
      return upload(exchange, call);
    }
    JsonBody.require(call.request().header("content-type"));
    CompletableFuture<RequestHead> read = new CompletableFuture<>();
    long asked = nanoClock.getAsLong();
    call.request()
        .body(maxBodyBytes)
        .whenComplete(
            (bytes, failure) -> {
              call.waitedForBody(nanoClock.getAsLong() - asked);
              call.request()
                  .proceed(
                      () -> {
                        if (failure != null) {
                          read.completeExceptionally(failure);
                        } else {
                          understand(exchange, call, bytes, read);
                        }
                      });
            });
    return read;
  }

  /** The head of a form whose file is still coming. */
  private CompletionStage<RequestHead> upload(Exchange exchange, Call call) {
    IncomingBody body = call.request().pieces(maxBodyBytes);
    CompletableFuture<RequestHead> read = new CompletableFuture<>();
    ReadUpload.of(body, call.request().header("content-type"))
        .whenComplete(
            (begun, failure) ->
                call.request()
                    .proceed(
                        () -> {
                          if (failure != null) {
                            read.completeExceptionally(failure);
                            return;
                          }
                          try {
                            call.received(begun.bytes(), begun.head(), body);
                            route(exchange, call, begun.head());
                          } catch (RuntimeException e) {
                            read.completeExceptionally(e);
                            return;
                          }
                          read.complete(begun.head());
                        }));
    return read;
  }

  private void understand(
      Exchange exchange, Call call, byte[] bytes, CompletableFuture<RequestHead> read) {
    RequestHead head;
    try {
      head = call.dialect().head(bytes, call.operation());
      call.received(bytes, head);
      route(exchange, call, head);
    } catch (RuntimeException e) {
      read.completeExceptionally(e);
      return;
    }
    read.complete(head);
  }

  /** Sets what the policy tests. */
  private void route(Exchange exchange, Call call, RequestHead head) {
    String model = head.model();
    String provider = call.request().header("x-provider");
    if (provider == null || provider.isBlank()) {
      provider = "";
      int slash = model.indexOf('/');
      if (slash > 0 && slash < model.length() - 1 && providers.isKnown(model.substring(0, slash))) {
        provider = model.substring(0, slash);
        model = model.substring(slash + 1);
      }
    } else {
      provider = provider.trim().toLowerCase(Locale.ROOT);
      if (!providers.isKnown(provider)) {
        throw new RequestException(
            new ApiError(
                404,
                "invalid_request_error",
                "model_not_found",
                "X-Provider",
                "X-Provider names no known provider",
                null,
                false));
      }
      if (model.startsWith(provider + "/") && model.length() > provider.length() + 1) {
        model = model.substring(provider.length() + 1);
      }
    }
    Caller caller = call.caller();
    if (caller != null && !caller.models().allowsAsking(provider, model)) {
      throw new RequestException(Verdict.modelNotAllowed());
    }
    call.model(model);
    Var.MODEL.set(exchange, model);
    Var.PROVIDER.set(exchange, provider);
    Var.STREAM.set(exchange, head.stream());
  }
}
