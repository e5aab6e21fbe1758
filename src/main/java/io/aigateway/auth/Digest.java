package io.aigateway.auth;

import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The digest of a key, to look it up by. Compared in a time that tells nothing. */
final class Digest {
  private final byte[] bytes;

  /**
   * @param bytes SHA-256, not copied
   */
  Digest(byte[] bytes) {
    this.bytes = bytes;
  }

  static Digest ofHex(String hex) {
    return new Digest(HexFormat.of().parseHex(hex));
  }

  String hex() {
    return HexFormat.of().formatHex(bytes);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest digest && MessageDigest.isEqual(bytes, digest.bytes);
  }

  /** Any four bytes of it are as good as random. */
  @Override
  public int hashCode() {
    return bytes[0] << 24 | (bytes[1] & 255) << 16 | (bytes[2] & 255) << 8 | bytes[3] & 255;
  }
}
