package io.aigateway.provider;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A provider's stream that says and ends as a test wants. For one thread. */
public final class StubStream implements ReplyStream {
  private final List<Consumer<Outcome>> listeners = new ArrayList<>();
  private @Nullable Receiver receiver;
  private @Nullable Outcome outcome;

  /** One that has come to its end. */
  public static StubStream ended(Outcome outcome) {
    StubStream stream = new StubStream();
    stream.end(outcome);
    return stream;
  }

  /** Ends it. */
  public void end(Outcome how) {
    outcome = how;
    listeners.forEach(listener -> listener.accept(how));
  }

  /** Who reads it; it has been started. */
  public Receiver to() {
    return Objects.requireNonNull(receiver, "nobody has started the stream");
  }

  @Override
  public void start(Receiver to) {
    receiver = to;
  }

  @Override
  public void pause() {}

  @Override
  public void resume() {}

  @Override
  public void cancel() {}

  @Override
  public void onOutcome(Consumer<Outcome> listener) {
    if (outcome == null) {
      listeners.add(listener);
    } else {
      listener.accept(outcome);
    }
  }
}
