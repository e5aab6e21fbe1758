package io.aigateway.error;

/** Ends a request with an error that no other target could mend. Carries no stack trace. */
public sealed class RequestException extends RuntimeException
    permits ContextLengthException, ContentPolicyException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;
  private final BreakerEffect effect;

  /** The gateway itself refuses the request. */
  public RequestException(ApiError error) {
    this(error, BreakerEffect.NONE);
  }

  /**
   * @param effect {@link BreakerEffect#SUCCESS} when a healthy provider refused the request
   */
  public RequestException(ApiError error, BreakerEffect effect) {
    super(error.message(), null, false, false);
    this.error = error;
    this.effect = effect;
  }

  public ApiError error() {
    return error;
  }

  public BreakerEffect effect() {
    return effect;
  }
}
