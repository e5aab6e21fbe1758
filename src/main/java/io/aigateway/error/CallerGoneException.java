package io.aigateway.error;

/** The caller left before its answer was there; nobody is to blame and nobody reads an answer. */
public final class CallerGoneException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public CallerGoneException() {
    super("the caller left", null, false, false);
  }
}
