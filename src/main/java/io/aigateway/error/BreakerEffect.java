package io.aigateway.error;

/** What the end of a call means to the circuit breaker around it. */
public enum BreakerEffect {
  SUCCESS,
  FAILURE,
  /** Neither: the call says nothing about the provider's health. */
  NONE,
  /** Opens at once: every further call would fail in the same way. */
  OPEN
}
