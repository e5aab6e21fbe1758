package io.aigateway.wire;

/** Which bytes mean nothing in JSON? */
public final class Ascii {
  private Ascii() {}

  /** Space, line feed, carriage return or tab. */
  public static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
