package io.aigateway.settings;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Turns the text of variables into types and remembers every fault. A faulty value is replaced by
 * the default, so that reading goes on and finds the other faults. For one reading, one thread.
 */
final class Values {
  private static final Pattern WHOLE = Pattern.compile("0|-?[1-9][0-9]*");
  private static final Pattern MONEY = Pattern.compile("(?:0|[1-9][0-9]{0,11})(?:\\.[0-9]{1,6})?");
  private static final Pattern HEX_KEY = Pattern.compile("[0-9A-Fa-f]{64}");
  private static final String HOST_AND_PORT =
      "(?<host>[^\\s@/?#:\\[\\]]+|\\[[^\\s\\]]+])(?::(?<port>\\d{1,5}))?";
  private static final Pattern POSTGRES =
      Pattern.compile(
          "postgres(?:ql)?://(?:[^\\s@/?#]*@)?"
              + HOST_AND_PORT
              + "/[^\\s/?#]+(?:\\?(?<query>[^\\s#]*))?");
  private static final Pattern JDBC =
      Pattern.compile(
          "jdbc:postgresql://"
              + HOST_AND_PORT
              + "(?:,[^\\s@/?#]+)*/[^\\s/?#]+(?:\\?(?<query>[^\\s#]*))?");
  private static final Set<String> SSL_MODES =
      Set.of("disable", "allow", "prefer", "require", "verify-ca", "verify-full");

  private final Map<Variable, String> values;
  private final List<Fault> faults = new ArrayList<>();
  private final Set<Variable> faulty = EnumSet.noneOf(Variable.class);

  Values(Map<Variable, String> values) {
    this.values = values.isEmpty() ? Map.of() : new EnumMap<>(values);
  }

  /** The value as set, else the default. */
  Optional<String> raw(Variable variable) {
    return Optional.ofNullable(values.get(variable)).or(variable::defaultValue);
  }

  boolean flag(Variable variable) {
    return parsed(
            variable,
            "is not true or false",
            text ->
                switch (text) {
                  case "true" -> Optional.of(true);
                  case "false" -> Optional.of(false);
                  default -> Optional.empty();
                })
        .orElseThrow();
  }

  int number(Variable variable) {
    return optionalNumber(variable).orElseThrow();
  }

  Optional<Integer> optionalNumber(Variable variable) {
    Variable.Range range = variable.range().orElseThrow();
    Optional<String> text = raw(variable);
    if (text.isPresent() && !WHOLE.matcher(text.get()).matches()) {
      return this.<Integer>faulty(variable, "is not " + range.noun())
          .or(() -> variable.defaultValue().map(Integer::valueOf));
    }
    if (text.isPresent() && !range.contains(new BigInteger(text.get()))) {
      return this.<Integer>faulty(variable, "is out of range")
          .or(() -> variable.defaultValue().map(Integer::valueOf));
    }
    return text.map(Integer::valueOf);
  }

  Duration seconds(Variable variable) {
    return Duration.ofSeconds(number(variable));
  }

  Optional<BigDecimal> money(Variable variable) {
    return parsed(
        variable,
        "is not an amount of dollars",
        text ->
            MONEY.matcher(text).matches() ? Optional.of(new BigDecimal(text)) : Optional.empty());
  }

  <E extends Enum<E>> Optional<E> choice(Variable variable, Class<E> type) {
    return parsed(variable, "is not one of the choices", text -> constant(type, text));
  }

  /** A comma-separated list of constants, or {@code none}. */
  <E extends Enum<E>> Set<E> choices(Variable variable, Class<E> type) {
    return parsed(
            variable,
            "is not a list of the choices",
            text -> {
              Set<E> chosen = EnumSet.noneOf(type);
              if (text.equals("none")) {
                return Optional.of(chosen);
              }
              for (String part : text.split(",", -1)) {
                Optional<E> constant = constant(type, part);
                if (constant.isEmpty() || !chosen.add(constant.get())) {
                  return Optional.empty();
                }
              }
              return Optional.of(chosen);
            })
        .orElseThrow();
  }

  Optional<Address> address(Variable variable) {
    return parsed(variable, "is not a listen address", Address::parse);
  }

  /** Text that must match {@code form} as a whole. */
  Optional<String> text(Variable variable, Pattern form, String problem) {
    return parsed(
        variable,
        problem,
        text -> form.matcher(text).matches() ? Optional.of(text) : Optional.empty());
  }

  Optional<Secret> secret(Variable variable, Pattern form, String problem) {
    return text(variable, form, problem).map(Secret::new);
  }

  Optional<Secret> encryptionKey(Variable variable) {
    return parsed(
        variable,
        "is not a key of 32 bytes",
        text -> isEncryptionKey(text) ? Optional.of(new Secret(text)) : Optional.empty());
  }

  Optional<RedisUrl> redisUrl(Variable variable) {
    Optional<String> text = raw(variable);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(RedisUrl.parse(text.get()));
    } catch (IllegalArgumentException e) {
      return faulty(variable, String.valueOf(e.getMessage()));
    }
  }

  Optional<Secret> databaseUrl(Variable variable) {
    return parsed(
        variable,
        "is not an address of a PostgreSQL database",
        text -> isDatabase(text) ? Optional.of(new Secret(text)) : Optional.empty());
  }

  Optional<URI> webAddress(Variable variable) {
    return parsed(variable, "is not an http address", Values::web);
  }

  Optional<Path> readableFolder(Variable variable) {
    return folder(
        variable,
        "is not a folder that can be read",
        path -> Files.isDirectory(path) && Files.isReadable(path) && Files.isExecutable(path));
  }

  Optional<Path> writableFolder(Variable variable) {
    return folder(
        variable,
        "is not a folder that can be written",
        path ->
            Files.exists(path)
                ? Files.isDirectory(path) && Files.isWritable(path)
                : canBeMade(path.toAbsolutePath()));
  }

  /** Runs a record's constructor; its faults are kept unless their variables are faulty already. */
  <T> Optional<T> group(Supplier<T> constructor) {
    try {
      return Optional.of(constructor.get());
    } catch (SettingsException e) {
      e.faults().forEach(this::add);
      return Optional.empty();
    }
  }

  void add(Fault fault) {
    if (Collections.disjoint(fault.variables(), faulty)) {
      faults.add(fault);
      faulty.addAll(fault.variables());
    }
  }

  /** Throws all faults at once, if there is any. */
  void orThrow() {
    if (!faults.isEmpty()) {
      throw new SettingsException(faults);
    }
  }

  private interface Parser<T> {
    Optional<T> parse(String text);
  }

  private <T> Optional<T> parsed(Variable variable, String problem, Parser<T> parser) {
    Optional<String> text = raw(variable);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    return parser
        .parse(text.get())
        .or(() -> faulty(variable, problem))
        .or(() -> variable.defaultValue().flatMap(parser::parse));
  }

  private <T> Optional<T> faulty(Variable variable, String problem) {
    add(Fault.of(variable, raw(variable).orElse(""), problem));
    return Optional.empty();
  }

  private Optional<Path> folder(Variable variable, String problem, Predicate<Path> fits) {
    return parsed(
        variable,
        problem,
        text -> {
          try {
            return Optional.of(Path.of(text)).filter(fits);
          } catch (InvalidPathException e) {
            return Optional.empty();
          }
        });
  }

  private static boolean canBeMade(Path path) {
    for (Path parent = path.getParent(); parent != null; parent = parent.getParent()) {
      if (Files.exists(parent)) {
        return Files.isDirectory(parent) && Files.isWritable(parent);
      }
    }
    return false;
  }

  private static <E extends Enum<E>> Optional<E> constant(Class<E> type, String text) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> constant.name().toLowerCase(Locale.ROOT).equals(text))
        .findFirst();
  }

  private static boolean isEncryptionKey(String text) {
    return switch (text.length()) {
      case 64 -> HEX_KEY.matcher(text).matches();
      case 44 -> decodesToKey(text);
      default -> text.getBytes(StandardCharsets.UTF_8).length == 32;
    };
  }

  private static boolean decodesToKey(String text) {
    try {
      return Base64.getDecoder().decode(text).length == 32;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  private static boolean isDatabase(String text) {
    Matcher matcher = (text.startsWith("jdbc:") ? JDBC : POSTGRES).matcher(text);
    return matcher.matches() && hostAndPort(matcher) && sslMode(matcher.group("query"));
  }

  private static boolean sslMode(@Nullable String query) {
    return query == null
        || Arrays.stream(query.split("&"))
            .filter(parameter -> parameter.startsWith("sslmode="))
            .allMatch(parameter -> SSL_MODES.contains(parameter.substring("sslmode=".length())));
  }

  private static boolean hostAndPort(Matcher matcher) {
    String host = matcher.group("host");
    String port = matcher.group("port");
    return (host.startsWith("[")
            ? Address.isIpv6(host.substring(1, host.length() - 1))
            : Address.isHost(host))
        && (port == null || isPort(Integer.parseInt(port)));
  }

  private static boolean isPort(int port) {
    return port >= 1 && port <= 65_535;
  }

  private static Optional<URI> web(String text) {
    try {
      URI uri = new URI(text);
      String scheme = uri.getScheme();
      boolean fits =
          ("http".equals(scheme) || "https".equals(scheme))
              && uri.getHost() != null
              && uri.getRawUserInfo() == null
              && uri.getRawQuery() == null
              && uri.getRawFragment() == null
              && (uri.getPort() == -1
                  ? !uri.getRawAuthority().endsWith(":")
                  : isPort(uri.getPort()));
      return fits ? Optional.of(uri) : Optional.empty();
    } catch (URISyntaxException e) {
      return Optional.empty();
    }
  }
}
