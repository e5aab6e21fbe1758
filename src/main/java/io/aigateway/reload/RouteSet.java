package io.aigateway.reload;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * All route files that are in force together.
 *
 * @param files in the order in which they are loaded
 */
public record RouteSet(List<RouteFile> files) {
  private static final int DIGEST_BYTES = 6;

  /** However its key is written; what only looks so is looked at once more than needed. */
  private static final Pattern SHARED = Pattern.compile("beans|routeConfiguration(?!Id)");

  public RouteSet {
    files = List.copyOf(files);
  }

  /** Whether any of them comes from the folder that people edit. */
  public boolean edited() {
    return files.stream().anyMatch(RouteFile::edited);
  }

  /**
   * What Camel has to look at anew after a change: the files that are new or other than before,
   * with those that say how routes are built; all, when one of these has changed.
   */
  RouteSet changedSince(RouteSet before) {
    Map<String, String> texts =
        before.files().stream().collect(Collectors.toMap(RouteFile::name, RouteFile::text));
    List<RouteFile> changed = new ArrayList<>();
    for (RouteFile file : files) {
      if (!file.text().equals(texts.get(file.name())) || isShared(file.text())) {
        changed.add(file);
      }
      texts.remove(file.name());
    }
    boolean everywhere =
        texts.values().stream().anyMatch(RouteSet::isShared)
            || changed.stream().anyMatch(file -> isShared(file.text()) && !before.holds(file));
    return everywhere ? this : new RouteSet(changed);
  }

  private boolean holds(RouteFile file) {
    return files.stream()
        .anyMatch(one -> one.name().equals(file.name()) && one.text().equals(file.text()));
  }

  private static boolean isShared(String text) {
    return SHARED.matcher(text).find();
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
