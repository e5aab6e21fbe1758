package io.aigateway.provider;

import io.vertx.core.net.ProxyOptions;
import io.vertx.core.net.ProxyType;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Through which proxy is a provider reached? From the customary variables {@code HTTPS_PROXY},
 * {@code HTTP_PROXY} and {@code NO_PROXY}, in upper or lower case.
 */
public final class ProxySettings {
  private final @Nullable URI forHttps;
  private final @Nullable URI forHttp;
  private final List<String> direct;

  private ProxySettings(@Nullable URI forHttps, @Nullable URI forHttp, List<String> direct) {
    this.forHttps = forHttps;
    this.forHttp = forHttp;
    this.direct = direct;
  }

  /**
   * Reads the environment.
   *
   * @throws IllegalArgumentException naming the variable that is wrong
   */
  public static ProxySettings of(Map<String, String> environment) {
    List<String> direct = new ArrayList<>();
    String none = value(environment, "NO_PROXY");
    if (none != null) {
      for (String host : none.split(",")) {
        String entry = host.trim().toLowerCase(Locale.ROOT);
        if (!entry.isEmpty()) {
          direct.add(entry.startsWith("*.") ? entry.substring(1) : entry);
        }
      }
    }
    return new ProxySettings(
        uri(environment, "HTTPS_PROXY"), uri(environment, "HTTP_PROXY"), List.copyOf(direct));
  }

  /** The proxy for this address, or null when it is reached directly. */
  @Nullable ProxyOptions forAddress(Address address) {
    URI proxy = address.tls() ? forHttps : forHttp;
    if (proxy == null || isDirect(address)) {
      return null;
    }
    ProxyOptions options =
        new ProxyOptions()
            .setType(ProxyType.HTTP)
            .setHost(proxy.getHost())
            .setPort(proxy.getPort() >= 0 ? proxy.getPort() : 80);
    String user = proxy.getUserInfo();
    if (user != null) {
      int colon = user.indexOf(':');
      options.setUsername(colon < 0 ? user : user.substring(0, colon));
      options.setPassword(colon < 0 ? "" : user.substring(colon + 1));
    }
    return options;
  }

  private boolean isDirect(Address address) {
    String host = address.host().toLowerCase(Locale.ROOT);
    if (host.equals("localhost") || host.equals("::1") || host.startsWith("127.")) {
      return true;
    }
    for (String entry : direct) {
      int colon = entry.lastIndexOf(':');
      boolean withPort = colon > 0 && entry.indexOf(':') == colon;
      String name = withPort ? entry.substring(0, colon) : entry;
      if (withPort && !entry.substring(colon + 1).equals(Integer.toString(address.port()))) {
        continue;
      }
      String suffix = name.startsWith(".") ? name : "." + name;
      if (name.equals("*") || host.equals(name) || host.endsWith(suffix)) {
        return true;
      }
    }
    return false;
  }

  private static @Nullable URI uri(Map<String, String> environment, String name) {
    String value = value(environment, name);
    if (value == null) {
      return null;
    }
    try {
      URI uri = URI.create(value.contains("://") ? value : "http://" + value);
      if ("http".equalsIgnoreCase(uri.getScheme()) && uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // said below, without the value: it may hold a password
    }
    throw new IllegalArgumentException(
        name + " is not a proxy's address; accepted: http://[user:password@]host[:port]");
  }

  private static @Nullable String value(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null || value.isBlank()) {
      value = environment.get(name.toLowerCase(Locale.ROOT));
    }
    return value == null || value.isBlank() ? null : value.trim();
  }
}
