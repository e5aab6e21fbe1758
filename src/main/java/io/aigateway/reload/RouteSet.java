package io.aigateway.reload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * All route files that are in force together.
 *
 * @param files in the order in which they are loaded
 */
public record RouteSet(List<RouteFile> files) {
  private static final int DIGEST_BYTES = 6;

  public RouteSet {
    files = List.copyOf(files);
  }

  /** Whether any of them comes from the folder that people edit. */
  public boolean edited() {
    return files.stream().anyMatch(RouteFile::edited);
  }

  /** The same twelve hex digits on every replica that has the same files. */
  public String digest() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    for (RouteFile file : files) {
      digest.update(file.name().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
      digest.update(file.text().getBytes(StandardCharsets.UTF_8));
      digest.update((byte) 0);
    }
    return HexFormat.of().formatHex(digest.digest(), 0, DIGEST_BYTES);
  }
}
