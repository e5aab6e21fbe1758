package io.aigateway.store;

import io.aigateway.settings.Secret;
import io.aigateway.settings.Storage;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Properties;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Where is the database, in the words of JDBC?
 *
 * @param url without user and password unless the setting was in JDBC's form
 * @param properties the driver's, user and password among them
 * @param embedded whether it is in this process
 */
record Place(String url, Properties properties, boolean embedded) {
  private static final String CONNECT_SECONDS = "2";
  private static final String ANSWER_SECONDS = "5";

  /** A statement is given up by the server before its connection is by us. */
  private static final String OPTIONS = "-c statement_timeout=4000 -c lock_timeout=3000";

  /**
   * @param name of an embedded database in memory, so that several can be in one process
   */
  static Place of(Storage settings, String name) {
    return settings
        .databaseUrl()
        .map(Secret::reveal)
        .map(Place::postgres)
        .orElseGet(() -> embedded(settings.dataDir().orElse(null), name));
  }

  private static Place embedded(@Nullable Path folder, String name) {
    Properties properties = new Properties();
    properties.setProperty("user", "gateway");
    properties.setProperty("password", "");
    String where =
        folder == null
            ? "mem:" + name + ";DB_CLOSE_DELAY=-1"
            : "file:" + folder.toAbsolutePath().resolve("gateway");
    return new Place(
        "jdbc:h2:"
            + where
            + ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
            + ";DB_CLOSE_ON_EXIT=FALSE;LOCK_TIMEOUT=3000",
        properties,
        true);
  }

  private static Place postgres(String text) {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "ai-gateway");
    properties.setProperty("connectTimeout", CONNECT_SECONDS);
    properties.setProperty("loginTimeout", CONNECT_SECONDS);
    properties.setProperty("socketTimeout", ANSWER_SECONDS);
    properties.setProperty("cancelSignalTimeout", CONNECT_SECONDS);
    properties.setProperty("tcpKeepAlive", "true");
    properties.setProperty("options", OPTIONS);
    if (text.startsWith("jdbc:")) {
      // what stands in the address comes before what stands here
      return new Place(text, properties, false);
    }
    URI uri = URI.create(text);
    String user = uri.getRawUserInfo();
    if (user != null && !user.isEmpty()) {
      int colon = user.indexOf(':');
      properties.setProperty("user", decoded(colon < 0 ? user : user.substring(0, colon)));
      if (colon >= 0) {
        properties.setProperty("password", decoded(user.substring(colon + 1)));
      }
    }
    String host = authorityWithoutUser(uri);
    String query = uri.getRawQuery();
    String parameters =
        query == null
            ? ""
            : Stream.of(query.split("&"))
                .filter(parameter -> !parameter.isEmpty())
                .map(Place::renamed)
                .collect(Collectors.joining("&", "?", ""));
    return new Place(
        "jdbc:postgresql://" + host + uri.getRawPath() + parameters, properties, false);
  }

  private static String authorityWithoutUser(URI uri) {
    String authority = uri.getRawAuthority();
    return authority.substring(authority.lastIndexOf('@') + 1);
  }

  /** Names of PostgreSQL's own library that its JDBC driver spells in another way. */
  private static String renamed(String parameter) {
    int equals = parameter.indexOf('=');
    String name = equals < 0 ? parameter : parameter.substring(0, equals);
    String rest = equals < 0 ? "" : parameter.substring(equals);
    return switch (name) {
      case "connect_timeout" -> "connectTimeout" + rest;
      case "application_name" -> "ApplicationName" + rest;
      case "channel_binding" -> "channelBinding" + rest;
      default -> parameter;
    };
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Says nothing of where it is. */
  @Override
  public String toString() {
    return embedded ? "Place[embedded]" : "Place[postgresql]";
  }
}
