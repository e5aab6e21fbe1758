package io.aigateway.error;

/** Ends a request with an error that no other target could mend. Carries no stack trace. */
public final class RequestException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final transient ApiError error;

  public RequestException(ApiError error) {
    super(error.message(), null, false, false);
    this.error = error;
  }

  public ApiError error() {
    return error;
  }
}
