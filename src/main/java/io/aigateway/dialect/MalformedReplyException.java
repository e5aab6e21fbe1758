package io.aigateway.dialect;

/**
 * What a provider sent is not of its own dialect: HTML, half a JSON value, a wrong type. The
 * message names what is wrong and never quotes what was sent.
 */
public final class MalformedReplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public MalformedReplyException(String message) {
    super(message, null, false, false);
  }
}
