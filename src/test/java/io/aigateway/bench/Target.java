package io.aigateway.bench;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * One thing that is measured.
 *
 * @param pid the process whose costs are counted, its children included; 0 when it is unknown
 */
record Target(String name, String host, int port, long pid) {
  /**
   * Reads {@code name=host:port@pid}; {@code @pid} may be absent.
   *
   * @throws IllegalArgumentException when the host is not this machine: load goes nowhere else
   */
  static Target of(String text) {
    int equals = text.indexOf('=');
    int at = text.indexOf('@');
    String address = text.substring(equals + 1, at < 0 ? text.length() : at);
    int colon = address.lastIndexOf(':');
    if (equals < 1 || colon < 1) {
      throw new IllegalArgumentException("expected name=host:port@pid, got " + text);
    }
    String host = address.substring(0, colon);
    try {
      if (!InetAddress.getByName(host).isLoopbackAddress()) {
        throw new IllegalArgumentException(host + " is not a loopback address");
      }
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("unknown host " + host, e);
    }
    long pid = at < 0 ? 0 : Long.parseLong(text.substring(at + 1));
    return new Target(
        text.substring(0, equals), host, Integer.parseInt(address.substring(colon + 1)), pid);
  }
}
