package io.aigateway.targets;

import io.aigateway.call.Timers;
import io.aigateway.observe.AttemptMetrics;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * What the steps need from outside.
 *
 * @param nanoClock monotonic, nanoseconds
 * @param random from 0 to 1, for all threads
 * @param maxAttempts how often providers may be asked for one request
 * @param shadows places for copies of requests that are under way
 */
public record Tools(
    Timers timers,
    LongSupplier nanoClock,
    DoubleSupplier random,
    AttemptMetrics metrics,
    int maxAttempts,
    Places shadows) {}
