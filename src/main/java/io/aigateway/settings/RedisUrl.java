package io.aigateway.settings;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Where is Redis, and as whom is it asked? {@code redis[s]://[[user]:password@]host[:port][/db]},
 * several nodes joined by commas. What the nodes are, one server, a cluster or sentinels, is asked
 * of them; {@code ?master=NAME} says that they are sentinels, and of which master. Prints without
 * its passwords.
 *
 * @param nodes at least one
 * @param tls whether the scheme is {@code rediss}
 * @param master the name by which sentinels know the master; empty = the only one they know
 * @param sentinelUser {@code ?sentinel_user=}, when the sentinels want credentials of their own
 * @param sentinelPassword {@code ?sentinel_password=}
 */
public record RedisUrl(
    List<Node> nodes,
    boolean tls,
    Optional<String> user,
    Optional<Secret> password,
    int database,
    Optional<String> master,
    Optional<String> sentinelUser,
    Optional<Secret> sentinelPassword) {
  private static final int USUAL_PORT = 6379;
  private static final int USUAL_SENTINEL_PORT = 26_379;

  private static final Pattern NODE =
      Pattern.compile(
          "(?:(?<scheme>rediss?)://)?(?:(?<login>[^\\s@/?#]*)@)?"
              + "(?<host>[^\\s@/?#:\\[\\]]+|\\[[^\\s\\]]+])(?::(?<port>\\d{1,5}))?"
              + "(?:/(?<db>\\d{1,4})?)?(?:\\?(?<query>[^\\s#]*))?");

  /**
   * One address.
   *
   * @param host name or number, without the brackets of IPv6
   */
  public record Node(String host, int port) {
    @Override
    public String toString() {
      return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }
  }

  public RedisUrl {
    nodes = List.copyOf(nodes);
  }

  /**
   * Reads what {@code REDIS_URL} says.
   *
   * @throws IllegalArgumentException with what is wrong, to follow the variable's name, and nothing
   *     of the value
   */
  public static RedisUrl parse(String text) {
    Parts parts = new Parts();
    for (String node : text.split(",", -1)) {
      Matcher matcher = NODE.matcher(node);
      if (!matcher.matches()) {
        throw new IllegalArgumentException(
            node.isEmpty() ? "has an empty node" : "is not an address of Redis");
      }
      parts.add(matcher);
    }
    return parts.build();
  }

  /** What the nodes say together; for one reading. */
  private static final class Parts {
    private final List<String> hosts = new ArrayList<>();
    private final List<Optional<Integer>> ports = new ArrayList<>();
    private @Nullable String scheme;
    private @Nullable String login;
    private @Nullable String db;
    private @Nullable String master;
    private @Nullable String sentinelUser;
    private @Nullable String sentinelPassword;

    void add(Matcher node) {
      String own = node.group("scheme");
      if (hosts.isEmpty() && own == null) {
        throw new IllegalArgumentException("doesn't begin with redis:// or rediss://");
      }
      scheme = same("schemes", scheme, own);
      login = same("users or passwords", login, node.group("login"));
      db = same("databases", db, node.group("db"));
      host(node.group("host"));
      String port = node.group("port");
      ports.add(Optional.ofNullable(port).map(Parts::port));
      String query = node.group("query");
      if (query != null && !query.isEmpty()) {
        for (String parameter : query.split("&", -1)) {
          parameter(parameter);
        }
      }
    }

    private void host(String host) {
      boolean ipv6 = host.startsWith("[");
      String bare = ipv6 ? host.substring(1, host.length() - 1) : host;
      if (!(ipv6 ? Address.isIpv6(bare) : Address.isHost(bare))) {
        throw new IllegalArgumentException("has a host that is neither a name nor an address");
      }
      hosts.add(bare);
    }

    private static int port(String digits) {
      int port = Integer.parseInt(digits);
      if (port < 1 || port > 65_535) {
        throw new IllegalArgumentException("has a port out of range");
      }
      return port;
    }

    private void parameter(String parameter) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      String value = equals < 0 ? "" : decoded(parameter.substring(equals + 1));
      if (value.isEmpty()) {
        throw new IllegalArgumentException("has a parameter without a value");
      }
      switch (name) {
        case "master" -> master = same("masters", master, value);
        case "sentinel_user" -> sentinelUser = same("sentinel users", sentinelUser, value);
        case "sentinel_password" ->
            sentinelPassword = same("sentinel passwords", sentinelPassword, value);
        default -> throw new IllegalArgumentException("has a parameter that is not known");
      }
    }

    private static @Nullable String same(String what, @Nullable String a, @Nullable String b) {
      if (a != null && b != null && !a.equals(b)) {
        throw new IllegalArgumentException("has nodes with different " + what);
      }
      return a == null ? b : a;
    }

    private static String decoded(String text) {
      // a plus is a plus in a password
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    RedisUrl build() {
      int usual = master == null ? USUAL_PORT : USUAL_SENTINEL_PORT;
      List<Node> nodes = new ArrayList<>();
      for (int i = 0; i < hosts.size(); i++) {
        nodes.add(new Node(hosts.get(i), ports.get(i).orElse(usual)));
      }
      Optional<String> user = Optional.empty();
      Optional<Secret> password = Optional.empty();
      if (login != null && !login.isEmpty()) {
        int colon = login.indexOf(':');
        if (colon < 0) {
          throw new IllegalArgumentException("has a user without a password");
        }
        user = Optional.of(decoded(login.substring(0, colon))).filter(name -> !name.isEmpty());
        password = Optional.of(new Secret(decoded(login.substring(colon + 1))));
      }
      return new RedisUrl(
          nodes,
          "rediss".equals(scheme),
          user,
          password,
          db == null ? 0 : Integer.parseInt(db),
          Optional.ofNullable(master),
          Optional.ofNullable(sentinelUser),
          Optional.ofNullable(sentinelPassword).map(Secret::new));
    }
  }
}
