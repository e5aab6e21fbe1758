package io.aigateway.breaker;

/**
 * A breaker as all replicas together see it. Times are relative to the moment of the answer,
 * milliseconds.
 *
 * @param leftMillis the rest of the open time; 0 when a probe may be made
 * @param openedBy the replica that opened or closed it, empty for none
 * @param reason of the last change, empty for none
 * @param okAgoMillis since the last success of any replica, or -1
 * @param lease the number of the probe's lease that is out, 0 for none
 * @param leaseOwner the replica that has it
 * @param leaseLeftMillis until it expires
 * @param leaseWanted whether calls wait for it at other replicas
 * @param passed probes that have succeeded
 * @param paceMillis how long to wait between two reports
 */
record ClusterView(
    String epoch,
    long version,
    Breaker.State state,
    long sinceMillis,
    long leftMillis,
    String openedBy,
    String reason,
    int calls,
    int failures,
    long okAgoMillis,
    long lease,
    String leaseOwner,
    long leaseLeftMillis,
    boolean leaseWanted,
    int passed,
    long paceMillis) {}
