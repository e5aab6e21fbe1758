package io.aigateway.dialect.gemini;

import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What can a model do, as far as its name tells, and under which path is it called? A name without
 * a version, such as {@code gemini-flash-latest}, is a current model.
 *
 * @param path ends before the colon
 * @param version tens and units of {@code 2.5} as 25; 0 for a family that is not Gemini
 */
record Model(String path, int version, boolean isPro, boolean isLite) {
  private static final String PREFIX = "models/";
  private static final String TUNED = "tunedModels/";
  private static final Pattern VERSION = Pattern.compile("gemini-(\\d)(?:\\.(\\d))?(?:\\D.*)?");
  private static final int LATEST = 25;
  private static final String UNRESERVED = "-._~";
  private static final String HEX = "0123456789ABCDEF";

  static Model of(String name) {
    String bare = name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name;
    String path =
        bare.startsWith(TUNED)
            ? "/" + TUNED + encoded(bare.substring(TUNED.length()))
            : "/" + PREFIX + encoded(bare);
    Matcher matcher = VERSION.matcher(bare);
    int version = bare.startsWith("gemini-") ? LATEST : 0;
    if (matcher.matches()) {
      String minor = matcher.group(2);
      version =
          10 * Integer.parseInt(matcher.group(1)) + (minor == null ? 0 : Integer.parseInt(minor));
    }
    return new Model(path, version, bare.contains("-pro"), bare.contains("-lite"));
  }

  /** Whether a thinking configuration is taken at all. */
  boolean thinks() {
    return version >= 25;
  }

  /** Whether thinking is set by a level, calls need their signatures, and JSON goes with tools. */
  boolean isThird() {
    return version >= 30;
  }

  /** Whether files are fetched from any address. */
  boolean fetches() {
    return version >= 25;
  }

  /**
   * All but RFC 3986's unreserved characters as percent codes, so that no name leaves its place.
   */
  private static String encoded(String name) {
    StringBuilder all = new StringBuilder();
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      if (c < 128 && Character.isLetterOrDigit(c) || UNRESERVED.indexOf(c) >= 0) {
        all.append(c);
      } else {
        all.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return all.toString();
  }
}
