package io.aigateway.provider;

import java.net.URI;

/**
 * Where a provider is reached.
 *
 * @param path prefix of every path, without a slash at its end; "" for none
 */
public record Address(boolean tls, String host, int port, String path) {

  /**
   * Reads a base URL such as {@code https://api.example.com/v1}.
   *
   * @throws IllegalArgumentException naming what is wrong
   */
  public static Address of(String url) {
    URI uri;
    try {
      uri = URI.create(url);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "baseUrl is not a URL; accepted: http(s)://host[:port]/path");
    }
    boolean tls = "https".equalsIgnoreCase(uri.getScheme());
    if ((!tls && !"http".equalsIgnoreCase(uri.getScheme()))
        || uri.getHost() == null
        || uri.getUserInfo() != null
        || uri.getQuery() != null
        || uri.getFragment() != null) {
      throw new IllegalArgumentException(
          "baseUrl is not accepted; accepted: http(s)://host[:port]/path, without user, query and"
              + " fragment");
    }
    String host = uri.getHost();
    if (host.startsWith("[")) {
      host = host.substring(1, host.length() - 1);
    }
    String path = uri.getRawPath() == null ? "" : uri.getRawPath();
    while (path.endsWith("/")) {
      path = path.substring(0, path.length() - 1);
    }
    int port = uri.getPort() >= 0 ? uri.getPort() : tls ? 443 : 80;
    return new Address(tls, host, port, path);
  }

  /** Host and, unless it is the scheme's own, port. */
  public String authority() {
    String name = host.indexOf(':') >= 0 ? "[" + host + "]" : host;
    return port == (tls ? 443 : 80) ? name : name + ":" + port;
  }
}
