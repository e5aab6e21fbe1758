package io.aigateway.bench;

import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * One thing that is measured.
 *
 * @param pid the process whose costs are counted, its children included; 0 when it is unknown
 * @param model what its requests ask for instead of what those of the others do, or ""
 */
record Target(String name, String host, int port, long pid, String model) {
  /**
   * Reads {@code name=host:port@pid#model}; {@code @pid} and {@code #model} may be absent.
   *
   * @throws IllegalArgumentException when the host is not this machine: load goes nowhere else
   */
  static Target of(String text) {
    int equals = text.indexOf('=');
    int hash = text.indexOf('#');
    String model = hash < 0 ? "" : text.substring(hash + 1);
    String place = hash < 0 ? text : text.substring(0, hash);
    int at = place.indexOf('@');
    String address = place.substring(equals + 1, at < 0 ? place.length() : at);
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
    long pid = at < 0 ? 0 : Long.parseLong(place.substring(at + 1));
    int port = Integer.parseInt(address.substring(colon + 1));
    return new Target(place.substring(0, equals), host, port, pid, model);
  }
}
