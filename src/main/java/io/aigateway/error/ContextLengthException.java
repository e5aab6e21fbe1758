package io.aigateway.error;

/**
 * A healthy model can't take a request as long as this one; a model with a larger window may. Goes
 * to the caller unless a rule names this class among the failures that go on to its next target.
 */
public final class ContextLengthException extends RequestException {
  private static final long serialVersionUID = 1L;

  public ContextLengthException(ApiError error) {
    super(error, BreakerEffect.SUCCESS);
  }
}
