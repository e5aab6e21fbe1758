package io.aigateway.error;

/**
 * A provider refuses a request for what is in it; another one may see it differently. Goes to the
 * caller unless a rule names this class among the failures that go on to its next target.
 */
public final class ContentPolicyException extends RequestException {
  private static final long serialVersionUID = 1L;

  public ContentPolicyException(ApiError error) {
    super(error, BreakerEffect.SUCCESS);
  }
}
