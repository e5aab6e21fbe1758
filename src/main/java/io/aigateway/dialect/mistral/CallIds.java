package io.aigateway.dialect.mistral;

import io.aigateway.dialect.Signatures;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Which id of a tool call does Mistral take? Many of its models want exactly nine letters or
 * digits, and refuse a conversation in which another provider's model made calls. The same id
 * always becomes the same, so that calls and results still meet.
 *
 * <p>Ids that are shorter than those of any provider are the caller's own words and stay.
 */
final class CallIds {
  private static final Pattern TAKEN = Pattern.compile("[a-zA-Z0-9]{9}");
  private static final int SHORTEST_OF_PROVIDERS = 8;
  private static final int LENGTH = 9;
  private static final String DIGITS =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

  private CallIds() {}

  static String of(String given) {
    String id = Signatures.bare(given);
    if (id.length() < SHORTEST_OF_PROVIDERS || TAKEN.matcher(id).matches()) {
      return id;
    }
    long hash =
        UUID.nameUUIDFromBytes(id.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    StringBuilder made = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      made.append(DIGITS.charAt((int) Long.remainderUnsigned(hash, DIGITS.length())));
      hash = Long.divideUnsigned(hash, DIGITS.length());
    }
    return made.toString();
  }
}
