package io.aigateway.breaker;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Where replicas keep the state of their breakers in common. Each call is carried out as one step
 * for the whole cluster, or fails soon; none blocks. A call that is carried out twice, or much
 * later than it was sent, changes nothing.
 */
interface BreakerStore {

  /**
   * Who asks, about which breaker, and what it knows.
   *
   * @param atMillis the store's clock as the replica reckons it, or -1 when it doesn't know it
   * @param epoch which life of the store's data is known, empty for none
   * @param version which state of the breaker is known in that life
   */
  record Asked(
      String breaker, BreakerSettings settings, long atMillis, String epoch, long version) {}

  /** What to do about the probe. */
  sealed interface ProbeVerb {
    /**
     * Asks for the one lease.
     *
     * @param wanted whether calls wait for it here
     */
    record Acquire(boolean wanted) implements ProbeVerb {}

    /** Keeps it. */
    record Renew(long lease) implements ProbeVerb {}

    /** Gives it back unused. */
    record GiveBack(long lease) implements ProbeVerb {}

    /**
     * Says how the probe ended.
     *
     * @param why the failure, or null for a success
     * @param next whether the next lease is of use here
     */
    record Settle(long lease, @Nullable String why, long retryAfterMillis, boolean next)
        implements ProbeVerb {}
  }

  /** How an answer came about. */
  enum Status {
    OK,
    /** The share of failures is too high, but of calls that were counted for a moment only. */
    PENDING,
    /** The call came too late, or the replica's reckoning of the store's clock is wrong. */
    LATE,
    /** This batch was counted before. */
    DUP,
    /** The store knows nothing of the breaker. */
    NONE,
    GRANTED,
    DENIED,
    /** The lease is another's by now. */
    LOST
  }

  /**
   * What the store says.
   *
   * @param nowMillis the store's clock
   * @param changedFrom the state before, when this very call has changed it, else null
   * @param view the state now, or null when the store knows nothing of the breaker
   */
  record Answer(
      Status status,
      long nowMillis,
      Breaker.@Nullable State changedFrom,
      @Nullable ClusterView view) {}

  CompletionStage<Answer> read(Asked asked);

  /**
   * Adds a batch, which may be empty.
   *
   * @param number of the batch, rising
   * @param proposal the replica's own state, which is taken if it is the later one; null for none
   */
  CompletionStage<Answer> report(
      Asked asked, long number, Batch batch, @Nullable Proposal proposal);

  CompletionStage<Answer> probe(Asked asked, ProbeVerb verb);

  CompletionStage<Answer> force(Asked asked, Breaker.Force force);
}
