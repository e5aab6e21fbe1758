package io.aigateway.dialect.openai;

/** Which bytes mean nothing in JSON? */
final class Ascii {
  private Ascii() {}

  static boolean isSpace(byte b) {
    return b == ' ' || b == '\n' || b == '\r' || b == '\t';
  }
}
