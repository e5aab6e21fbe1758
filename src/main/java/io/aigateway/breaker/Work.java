package io.aigateway.breaker;

import org.jspecify.annotations.Nullable;

/**
 * What a breaker wants to tell or ask the other replicas next. Each with what was known when it was
 * made: the epoch and version under which outcomes were counted.
 */
sealed interface Work {
  String epoch();

  long version();

  /**
   * Becomes one with the others.
   *
   * @param proposal a state that they may not know, or null
   */
  record Join(String epoch, long version, @Nullable Proposal proposal) implements Work {}

  record Report(String epoch, long version, Batch batch) implements Work {}

  record Probe(String epoch, long version, BreakerStore.ProbeVerb verb) implements Work {}

  record ByHand(String epoch, long version, Breaker.Force force) implements Work {}
}
