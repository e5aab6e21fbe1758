package io.aigateway.cli;

/** A command can't be carried out; the message is what the person is told. */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int code;

  CommandFailure(int code, String message) {
    super(message, null, false, false);
    this.code = code;
  }

  int code() {
    return code;
  }
}
