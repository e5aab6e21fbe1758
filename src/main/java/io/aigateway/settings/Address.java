package io.aigateway.settings;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where does a server listen?
 *
 * @param host name or number as written, without the brackets of IPv6; empty = every interface
 * @param port 0 to 65535, 0 = any free one
 */
public record Address(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.]+)]|([A-Za-z0-9._-]*)):(\\d{1,5})");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?(?:\\.[A-Za-z0-9_-]+)*\\.?");
  private static final Pattern NUMBERS = Pattern.compile("[0-9.]+");
  private static final Pattern IPV4 =
      Pattern.compile("(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}");

  /** Reads {@code :port}, {@code host:port} or {@code [ipv6]:port}; empty if it is none of them. */
  public static Optional<Address> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    int port = Integer.parseInt(matcher.group(3));
    String ipv6 = matcher.group(1);
    String host = ipv6 == null ? matcher.group(2) : ipv6;
    boolean known = ipv6 == null ? host.isEmpty() || isHost(host) : isIpv6(ipv6);
    return known && port <= 65_535 ? Optional.of(new Address(host, port)) : Optional.empty();
  }

  static boolean isHost(String host) {
    return NUMBERS.matcher(host).matches()
        ? IPV4.matcher(host).matches()
        : NAME.matcher(host).matches();
  }

  static boolean isIpv6(String host) {
    try {
      // with the brackets it is read as a number and never looked up
      InetAddress.getByName("[" + host + "]");
      return true;
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** The host to bind to: {@code 0.0.0.0} when none was named. */
  public String bindHost() {
    return host.isEmpty() ? "0.0.0.0" : host;
  }

  /** Can only this machine reach it? Told from the text: a name other than localhost is a no. */
  public boolean isLoopback() {
    if (host.contains(":")) {
      try {
        return InetAddress.getByName("[" + host + "]").isLoopbackAddress();
      } catch (UnknownHostException e) {
        return false;
      }
    }
    return host.equalsIgnoreCase("localhost")
        || IPV4.matcher(host).matches() && host.startsWith("127.");
  }

  /** As it would be written in {@code ADDR}. */
  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
