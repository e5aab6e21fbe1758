package io.aigateway.dialect;

import io.aigateway.error.TargetException.Kind;

/**
 * What a provider sent is not of its own dialect: HTML, half a JSON value, a wrong type. Or it is,
 * and says that the model failed. The message names what is wrong and never quotes what was sent.
 */
public final class MalformedReplyException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private final Kind kind;

  public MalformedReplyException(String message) {
    this(Kind.MALFORMED, message);
  }

  private MalformedReplyException(Kind kind, String message) {
    super(message, null, false, false);
    this.kind = kind;
  }

  /** The provider did its part, and its model came to no answer that could be shown. */
  public static MalformedReplyException ofModel(String message) {
    return new MalformedReplyException(Kind.NO_ANSWER, message);
  }

  /** What it means for the target. */
  public Kind kind() {
    return kind;
  }
}
