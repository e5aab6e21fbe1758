package io.aigateway.edge;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;

/**
 * How many new requests may begin in one turn of an event loop? {@link #PER_TURN}; the others begin
 * in the turns that follow. Beginning a request costs as much as dozens of events: without a limit
 * the events of all open streams would wait behind a burst of requests. Belongs to one event loop.
 */
final class Turns {
  static final int PER_TURN = 8;

  private final Executor endOfTurn;
  private final Executor nextTurn;
  private final Queue<Runnable> waiting = new ArrayDeque<>();
  private final Runnable end = this::end;
  private final Runnable next = this::next;
  private int begun;
  private boolean ending;

  /**
   * @param endOfTurn runs a task when the loop has looked at all that has come
   * @param nextTurn runs a task when it has looked once more
   */
  Turns(Executor endOfTurn, Executor nextTurn) {
    this.endOfTurn = endOfTurn;
    this.nextTurn = nextTurn;
  }

  /** Whether a request may begin now; otherwise it is to {@link #await}. */
  boolean mayBegin() {
    if (begun >= PER_TURN || !waiting.isEmpty()) {
      return false;
    }
    begun++;
    endLater();
    return true;
  }

  /** Begins {@code request} when it is its turn. */
  void await(Runnable request) {
    waiting.add(request);
    endLater();
  }

  private void endLater() {
    if (!ending) {
      ending = true;
      endOfTurn.execute(end);
    }
  }

  private void end() {
    ending = false;
    begun = 0;
    if (!waiting.isEmpty()) {
      ending = true;
      nextTurn.execute(next);
    }
  }

  private void next() {
    Runnable request;
    while (begun < PER_TURN && (request = waiting.poll()) != null) {
      begun++;
      request.run();
    }
    end();
  }
}
