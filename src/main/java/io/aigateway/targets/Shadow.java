package io.aigateway.targets;

import io.aigateway.call.Call;
import io.aigateway.call.InMemory;
import io.aigateway.call.Var;
import io.aigateway.chat.ChatEvent;
import io.aigateway.dialect.PassThrough;
import io.aigateway.error.TargetException;
import io.aigateway.http.QuietRequest;
import io.aigateway.provider.Answer;
import io.aigateway.provider.ReplyStream;
import io.aigateway.wire.Frame;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.camel.AsyncCallback;
import org.apache.camel.Exchange;
import org.apache.camel.processor.WireTapProcessor;
import org.apache.camel.spi.IdAware;
import org.apache.camel.spi.RouteIdAware;
import org.apache.camel.support.AsyncProcessorSupport;
import org.apache.camel.support.SynchronizationAdapter;
import org.apache.camel.support.service.ServiceHelper;
import org.jspecify.annotations.Nullable;

/**
 * {@code wireTap}: a copy of the request goes its own way, with a view of its own of the call, and
 * its answer is read to the end, measured and dropped. It neither waits for the caller nor the
 * caller for it, and it is in nobody's usage. Above a number of copies under way none is made.
 */
@InMemory
final class Shadow extends AsyncProcessorSupport implements IdAware, RouteIdAware {
  private final WireTapProcessor tap;
  private final Tools tools;
  private @Nullable String id;
  private @Nullable String routeId;

  Shadow(WireTapProcessor tap, Tools tools) {
    this.tap = tap;
    this.tools = tools;
    tap.setOnPrepare(this::prepare);
  }

  @Override
  public boolean process(Exchange exchange, AsyncCallback callback) {
    Call call = Call.find(exchange);
    if (call == null) {
      return tap.process(exchange, callback);
    }
    if (!call.isWarmUp() && call.isRead() && call.rest() == null) {
      if (!tools.shadows().take()) {
        tools.metrics().shadowDropped();
      } else {
        tap.process(exchange, doneSync -> {});
        if (exchange.getException() != null) {
          // no copy has come of it, which is not the caller's business
          exchange.setException(null);
          tools.shadows().leave();
          tools.metrics().shadowDropped();
        }
      }
    }
    callback.done(true);
    return true;
  }

  /** Makes the copy independent; on the thread of the request. */
  private void prepare(Exchange copy) {
    Call call = Call.find(copy);
    if (call != null) {
      Call view = call.detached(new QuietRequest(call.request()));
      Var.CALL.set(copy, view);
      Copy shadow = new Copy(view, tools.nanoClock().getAsLong());
      copy.getExchangeExtension().addOnCompletion(shadow);
    }
  }

  /** One copy on its way. */
  private final class Copy extends SynchronizationAdapter {
    private final Call call;
    private final long begunNanos;
    private final AtomicBoolean over = new AtomicBoolean();

    Copy(Call call, long begunNanos) {
      this.call = call;
      this.begunNanos = begunNanos;
    }

    @Override
    public void onDone(Exchange exchange) {
      Exception failure = exchange.getException();
      if (failure != null) {
        end(label(failure));
      } else if (exchange.getMessage().getBody() instanceof Answer.Streamed streamed) {
        ReplyStream stream = streamed.stream();
        call.request()
            .context()
            .runOnContext(
                ignored -> {
                  stream.onOutcome(outcome -> end(label(outcome)));
                  stream.start(new Nobody());
                });
      } else {
        end("ok");
      }
    }

    private void end(String outcome) {
      if (over.compareAndSet(false, true)) {
        tools.shadows().leave();
        String answered = call.answeredBy();
        tools
            .metrics()
            .shadowed(
                answered == null ? call.askedLast() : answered,
                outcome,
                call,
                tools.nanoClock().getAsLong() - begunNanos);
      }
    }

    private static String label(Exception failure) {
      return failure instanceof TargetException target ? target.kind().label() : "refused";
    }

    private static String label(ReplyStream.Outcome outcome) {
      if (outcome instanceof ReplyStream.Outcome.Failed failed) {
        return failed.why().kind().label();
      }
      return outcome instanceof ReplyStream.Outcome.Complete ? "ok" : "cancelled";
    }
  }

  /** Reads an answer that nobody gets. */
  private static final class Nobody implements ReplyStream.Receiver {
    @Override
    public void frame(Frame frame, PassThrough.FrameFacts facts) {}

    @Override
    public void event(ChatEvent event) {}

    @Override
    public void flush() {}

    @Override
    public void end(boolean said) {}

    @Override
    public void failed(TargetException why) {}
  }

  @Override
  public @Nullable String getId() {
    return id;
  }

  @Override
  public void setId(String id) {
    this.id = id;
    tap.setId(id);
  }

  @Override
  public @Nullable String getRouteId() {
    return routeId;
  }

  @Override
  public void setRouteId(String routeId) {
    this.routeId = routeId;
    tap.setRouteId(routeId);
  }

  @Override
  protected void doInit() {
    ServiceHelper.initService(tap);
  }

  @Override
  protected void doStart() {
    ServiceHelper.startService(tap);
  }

  @Override
  protected void doStop() {
    ServiceHelper.stopService(tap);
  }

  @Override
  protected void doShutdown() {
    ServiceHelper.stopAndShutdownService(tap);
  }

  @Override
  public String toString() {
    return "shadow[" + tap.getUri() + "]";
  }
}
