package io.aigateway.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import org.junit.jupiter.api.Test;

class TurnsTest {
  private final Queue<Runnable> endOfTurn = new ArrayDeque<>();
  private final Queue<Runnable> nextTurn = new ArrayDeque<>();
  private final Turns turns = new Turns(endOfTurn::add, nextTurn::add);
  private final List<Integer> begun = new ArrayList<>();

  private void arrive(int request) {
    if (turns.mayBegin()) {
      begun.add(request);
    } else {
      turns.await(() -> begun.add(request));
    }
  }

  /** What an event loop does after it has looked at all that has come. */
  private void endTurn() {
    run(nextTurn);
    run(endOfTurn);
  }

  private static void run(Queue<Runnable> tasks) {
    for (Runnable task : List.copyOf(tasks)) {
      tasks.remove();
      task.run();
    }
  }

  @Test
  void fewRequestsBeginAtOnce() {
    for (int turn = 0; turn < 100; turn++) {
      arrive(turn);
      endTurn();
    }

    assertThat(begun).hasSize(100);
    assertThat(nextTurn).isEmpty();
  }

  @Test
  void burstIsSpreadOverTurnsInItsOrder() {
    for (int i = 0; i < 3 * Turns.PER_TURN; i++) {
      arrive(i);
    }
    assertThat(begun).hasSize(Turns.PER_TURN);

    endTurn();
    endTurn();
    assertThat(begun).hasSize(2 * Turns.PER_TURN);

    endTurn();
    assertThat(begun).hasSize(3 * Turns.PER_TURN).isSorted();
  }

  @Test
  void whoComesLaterDoesNotOvertakeWhoWaits() {
    for (int i = 0; i <= Turns.PER_TURN; i++) {
      arrive(i);
    }
    run(endOfTurn);
    arrive(Turns.PER_TURN + 1);
    endTurn();

    assertThat(begun).hasSize(Turns.PER_TURN + 2).isSorted();
  }

  @Test
  void nothingIsLeftToDoWhenAllHaveBegun() {
    for (int i = 0; i < 2 * Turns.PER_TURN; i++) {
      arrive(i);
    }
    endTurn();
    endTurn();
    endTurn();

    assertThat(endOfTurn).isEmpty();
    assertThat(nextTurn).isEmpty();
  }
}
