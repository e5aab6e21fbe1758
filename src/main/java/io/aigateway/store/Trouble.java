package io.aigateway.store;

import java.net.SocketTimeoutException;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Why does the database not serve? Said without a word of the driver's. */
enum Trouble {
  UNREACHABLE("can't be reached"),
  CREDENTIALS("refuses the credentials"),
  NO_DATABASE("has no database of this name"),
  TLS("can't be reached over TLS as asked"),
  FULL("takes no more connections"),
  SLOW("doesn't answer in time"),
  BUSY("has no connection free"),
  IN_USE("is in use by another process"),
  SCHEMA("can't be brought to this version's tables");

  private final String text;

  Trouble(String text) {
    this.text = text;
  }

  /** To follow "the database". */
  String text() {
    return text;
  }

  /** What this failure says of the database, or null when the statement itself is at fault. */
  static @Nullable Trouble of(Throwable failure) {
    Trouble found = null;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Trouble one = one(cause);
      // the innermost knows best
      found = one == null ? found : one;
      if (cause.getCause() == cause) {
        break;
      }
    }
    return found;
  }

  private static @Nullable Trouble one(Throwable cause) {
    if (cause instanceof SSLException) {
      return TLS;
    }
    if (cause instanceof SocketTimeoutException) {
      return SLOW;
    }
    if (cause instanceof SQLException sql) {
      String state = sql.getSQLState();
      if (state == null) {
        return sql instanceof SQLTransientConnectionException ? BUSY : null;
      }
      return switch (state) {
        case "28P01", "28000" -> CREDENTIALS;
        case "3D000" -> NO_DATABASE;
        case "57014", "55P03", "25P03" -> SLOW;
        case "90020" -> IN_USE;
        default ->
            state.startsWith("08")
                    || state.startsWith("57P")
                    || state.startsWith("58")
                    || state.equals("25006")
                    || state.equals("90067")
                    || state.equals("90098")
                    || state.equals("90121")
                ? UNREACHABLE
                : state.startsWith("53") ? FULL : null;
      };
    }
    return null;
  }
}
