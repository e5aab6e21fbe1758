package io.aigateway.edge;

import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Who is being served? Counts for metrics and for a stop that cuts nobody off. For all threads. */
public final class Connections {
  private final LongAdder open = new LongAdder();
  private final LongAdder streams = new LongAdder();
  private final Set<AnswerWriter> underWay = ConcurrentHashMap.newKeySet();
  private volatile boolean draining;
  private volatile boolean late;

  void opened() {
    open.increment();
  }

  void closed() {
    open.decrement();
  }

  void began(AnswerWriter answer) {
    underWay.add(answer);
  }

  void ended(AnswerWriter answer) {
    underWay.remove(answer);
  }

  void streamBegan() {
    streams.increment();
  }

  void streamEnded() {
    streams.decrement();
  }

  /** Connections of callers that are open. */
  public long openConnections() {
    return open.sum();
  }

  /** Answers that are being streamed. */
  public long activeStreams() {
    return streams.sum();
  }

  /** Requests whose answers are not complete. */
  public int requestsUnderWay() {
    return underWay.size();
  }

  /** The same for those that began before {@link #callsAreLate}; looks at each. */
  int earlierRequestsUnderWay() {
    int count = 0;
    for (AnswerWriter answer : underWay) {
      if (!answer.isLate()) {
        count++;
      }
    }
    return count;
  }

  /** The same for those that came in by these doors; looks at each. */
  int requestsUnderWay(GatewayEngine doors) {
    int count = 0;
    for (AnswerWriter answer : underWay) {
      if (answer.engine() == doors) {
        count++;
      }
    }
    return count;
  }

  /** From now on every answer asks its caller to use another connection. */
  public void drain() {
    draining = true;
  }

  boolean isDraining() {
    return draining;
  }

  /** Requests that begin from now on are of callers who have not noticed the end. */
  void callsAreLate() {
    late = true;
  }

  boolean isLate() {
    return late;
  }

  /** Ends what has begun in time: streams with an error event, the rest with an error. */
  void abortEarlier() {
    underWay.forEach(
        answer -> {
          if (!answer.isLate()) {
            answer.abort();
          }
        });
  }

  /** Ends all that is still under way in the same way. */
  void abortAll() {
    underWay.forEach(AnswerWriter::abort);
  }
}
