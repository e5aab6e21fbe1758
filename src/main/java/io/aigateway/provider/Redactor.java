package io.aigateway.provider;

import java.util.regex.Pattern;

/** Makes a provider's own message fit to be shown: short, one line of text, no credential in it. */
final class Redactor {
  private static final int MAX_LENGTH = 2000;

  /** What looks like a key: a known prefix, or what follows the word Bearer. */
  private static final Pattern KEY =
      Pattern.compile(
          "(?i)\\b(?:sk|pk|gsk|key|gw|AIza)[-_][A-Za-z0-9*_\\-.]{6,}"
              + "|\\b[a-z]{2,5}-(?=[A-Za-z]*[0-9])[A-Za-z0-9]{20,}|\\bAIza[A-Za-z0-9_\\-]{20,}"
              + "|(?<=bearer )\\S+");

  private Redactor() {}

  static String redact(String message, String credential) {
    String text = credential.length() >= 4 ? message.replace(credential, "***") : message;
    text = KEY.matcher(text).replaceAll("***");
    // cut last: half a key would no longer be known as one
    return text.length() > MAX_LENGTH ? text.substring(0, MAX_LENGTH) + "…" : text;
  }
}
