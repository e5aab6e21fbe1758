package io.aigateway.provider;

import io.aigateway.call.Call;
import io.aigateway.error.CallerGoneException;
import io.aigateway.error.TargetException;
import io.aigateway.error.TargetException.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The part of a streamed answer that is the same for every provider: nothing is shown before the
 * first content, so that a failure until then can go to the next target; what comes is held until
 * the answer is started; the outcome is told once.
 */
abstract class StreamState implements ReplyStream {

  /** Told when the answer is worth starting, or will never be. Exactly one, once. */
  interface Ready {
    void content(ReplyStream stream);

    void failed(RuntimeException why);
  }

  private final Provider provider;
  private final Call call;
  private final LongSupplier clock;
  private final Ready ready;
  private final List<Consumer<Outcome>> listeners = new ArrayList<>(2);

  private List<FrameSource.Item> held = new ArrayList<>(4);
  private boolean contentSeen;
  private int finishes;
  private boolean heldBack;
  private boolean endSeen;
  private @Nullable Receiver receiver;
  private volatile @Nullable Outcome outcome;

  StreamState(Provider provider, Call call, LongSupplier clock, Ready ready) {
    this.provider = provider;
    this.call = call;
    this.clock = clock;
    this.ready = ready;
  }

  /** Frees the provider's side. */
  abstract void release();

  /** Takes the next piece of the answer. */
  final void accept(FrameSource.Item item) {
    if (outcome != null || endSeen) {
      return;
    }
    call.used(item.usage());
    if (item.failure() != null) {
      if (contentSeen) {
        broken(Failures.ofBroken(provider, item.failure()));
      } else {
        rejected(Failures.of(provider, item.failure()));
      }
      return;
    }
    if (item.finish() != null) {
      call.finished(item.finish());
    }
    finishes += item.finishes();
    endSeen = item.end();
    if (receiver != null) {
      item.to(receiver);
      return;
    }
    held.add(item);
    if (item.content() && !contentSeen) {
      contentSeen = true;
      call.firstToken(clock.getAsLong());
      ready.content(this);
      if (receiver == null) {
        // nobody takes the answer yet: the provider waits too
        heldBack = true;
        pause();
      }
    }
  }

  /** Hands on what came together. */
  final void flush() {
    if (receiver != null && outcome == null) {
      receiver.flush();
    }
  }

  /** Whether the dialect's own end mark came; the transport need not be waited for. */
  final boolean isEndSeen() {
    return endSeen;
  }

  /** The transport came to a proper end. */
  final void ended() {
    if (outcome != null) {
      return;
    }
    if (endSeen && !contentSeen) {
      rejected(new TargetException(Kind.MALFORMED, provider.name(), "an answer without content"));
    } else if (endSeen || mayEndHere()) {
      complete();
    } else {
      failedWith(Kind.BROKEN, "the stream ended before the answer did");
    }
  }

  /** Some servers leave out the end mark of their dialect; all answers must be complete then. */
  private boolean mayEndHere() {
    return provider.dialect().mayOmitEnd()
        && finishes >= (call.isRead() ? call.head().choices() : 1);
  }

  /** The transport failed. */
  final void failedWith(Kind kind, String message) {
    if (outcome != null) {
      return;
    }
    TargetException why =
        new TargetException(
            kind == Kind.CUT_OFF && !contentSeen ? Kind.TIMEOUT : kind, provider.name(), message);
    if (contentSeen) {
      broken(why);
    } else {
      rejected(why);
    }
  }

  private void complete() {
    if (receiver == null) {
      // held until start(): the whole answer came before anyone could take it
      settle(new Outcome.Complete());
      return;
    }
    settle(new Outcome.Complete());
    receiver.end(endSeen);
  }

  private void rejected(RuntimeException why) {
    settle(
        why instanceof TargetException target
            ? new Outcome.Failed(target)
            : new Outcome.Cancelled());
    release();
    ready.failed(why);
  }

  private void broken(TargetException why) {
    settle(new Outcome.Failed(why));
    release();
    if (receiver != null) {
      receiver.failed(why);
    }
  }

  @Override
  public final void start(Receiver to) {
    receiver = to;
    List<FrameSource.Item> early = held;
    held = List.of();
    for (FrameSource.Item item : early) {
      item.to(to);
    }
    if (outcome instanceof Outcome.Complete) {
      to.flush();
      to.end(endSeen);
    } else if (outcome instanceof Outcome.Failed failed) {
      to.flush();
      to.failed(failed.why());
    } else {
      to.flush();
      if (heldBack) {
        heldBack = false;
        resume();
      }
    }
  }

  @Override
  public final void cancel() {
    if (outcome == null) {
      settle(new Outcome.Cancelled());
      release();
      if (!contentSeen) {
        ready.failed(new CallerGoneException());
      }
    }
  }

  /** May be called on any thread: a blocking route asks from its own. */
  @Override
  public final void onOutcome(Consumer<Outcome> listener) {
    synchronized (listeners) {
      if (outcome == null) {
        listeners.add(listener);
        return;
      }
    }
    listener.accept(Objects.requireNonNull(outcome));
  }

  private void settle(Outcome how) {
    List<Consumer<Outcome>> told;
    synchronized (listeners) {
      outcome = how;
      told = List.copyOf(listeners);
      listeners.clear();
    }
    call.upstream(null);
    call.upstreamDone(clock.getAsLong());
    told.forEach(listener -> listener.accept(how));
  }
}
