package io.aigateway.breaker;

/**
 * The state that a replica believes in, in case the store knows less. Times in milliseconds.
 *
 * @param own whether the replica came to it alone; else it heard it from the store
 * @param sinceMillis how long ago it began
 * @param leftMillis the rest of the open time
 */
record Proposal(
    boolean own,
    Breaker.State state,
    long sinceMillis,
    long leftMillis,
    String openedBy,
    String reason) {}
