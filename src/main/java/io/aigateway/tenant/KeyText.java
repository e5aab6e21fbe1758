package io.aigateway.tenant;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;

/** What does a key look like? {@code gw-} and 256 random bits in base64url, 43 characters. */
public final class KeyText {
  /** How many random bytes make a key. */
  public static final int BYTES = 32;

  private static final String MARK = "gw-";
  private static final int SHOWN = MARK.length() + 6;

  /** Looking the algorithm up costs more than the digest of a key. */
  private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(KeyText::sha256);

  private KeyText() {}

  /** The key made of {@link #BYTES} random bytes. */
  public static String of(byte[] random) {
    if (random.length != BYTES) {
      throw new IllegalArgumentException("a key has " + BYTES + " bytes");
    }
    return MARK + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  /** Whether a text begins as keys of tenants do. */
  public static boolean isMarked(String text) {
    return text.startsWith(MARK);
  }

  /** The part of it that people may see. */
  public static String prefix(String key) {
    return key.substring(0, Math.min(SHOWN, key.length()));
  }

  /** SHA-256 of a key, for any thread. */
  public static byte[] hash(String key) {
    return DIGEST.get().digest(key.getBytes(StandardCharsets.UTF_8));
  }

  /** The same in hex, as it is stored. */
  public static String hexHash(String key) {
    return HexFormat.of().formatHex(hash(key));
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
