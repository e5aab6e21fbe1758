package io.aigateway.dialect;

import java.nio.charset.StandardCharsets;

/**
 * How does any text become one segment of a URL's path? Everything but letters, digits and {@code
 * -._~} is percent-encoded.
 *
 * <p>Source: https://www.rfc-editor.org/rfc/rfc3986#section-2.3
 */
public final class PathSegment {
  private static final String HEX = "0123456789ABCDEF";

  private PathSegment() {}

  public static String of(String text) {
    StringBuilder all = new StringBuilder(text.length() + 16);
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      if (b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9') {
        all.append((char) b);
      } else if (b == '-' || b == '.' || b == '_' || b == '~') {
        all.append((char) b);
      } else {
        all.append('%').append(HEX.charAt(b >> 4 & 0xf)).append(HEX.charAt(b & 0xf));
      }
    }
    return all.toString();
  }
}
