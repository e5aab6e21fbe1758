package io.aigateway.shared;

import java.io.IOException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Why can Redis not be used? Said without a word of the driver's, which may quote a password. */
public enum Outage {
  CONNECTING("is not connected yet"),
  NO_ANSWER("doesn't answer in time"),
  UNREACHABLE("can't be reached"),
  CREDENTIALS("refuses the credentials"),
  NOT_PERMITTED("doesn't permit a command or key"),
  READ_ONLY("is read-only"),
  LOADING("is loading its data"),
  MEMORY("has no memory left for writes"),
  CLUSTER("has a part of the cluster down"),
  TLS("has a certificate that is not trusted"),
  NO_MASTER("has sentinels that don't name the one master"),
  CLOSED("is not used any more");

  private final String text;

  Outage(String text) {
    this.text = text;
  }

  /** To follow "Redis". */
  public String text() {
    return text;
  }

  /** What this failure of a driver or socket means, or null when it says nothing of Redis. */
  static @Nullable Outage of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      Outage known = one(cause);
      if (known != null) {
        return known;
      }
      if (cause.getCause() == cause) {
        break;
      }
    }
    return null;
  }

  private static @Nullable Outage one(Throwable cause) {
    if (cause instanceof FirstContact.Refused refused) {
      return refused.outage();
    }
    if (cause instanceof javax.net.ssl.SSLException) {
      return TLS;
    }
    Outage reply = ofReply(String.valueOf(cause.getMessage()));
    if (reply != null) {
      return reply;
    }
    String type = cause.getClass().getSimpleName();
    if (type.contains("Timeout")) {
      return NO_ANSWER;
    }
    if (cause instanceof IOException
        || type.contains("Connection")
        || type.contains("Reconnected")
        || type.contains("Shutdown")
        || type.contains("NodeNotFound")) {
      return UNREACHABLE;
    }
    return null;
  }

  /** The meaning of an error that a server sent, by its first word. */
  static @Nullable Outage ofReply(String error) {
    String text = error.stripLeading();
    int blank = text.indexOf(' ');
    String word = (blank < 0 ? text : text.substring(0, blank)).toUpperCase(Locale.ROOT);
    return switch (word) {
      case "WRONGPASS", "NOAUTH" -> CREDENTIALS;
      case "NOPERM" -> NOT_PERMITTED;
      case "READONLY" -> READ_ONLY;
      case "LOADING", "BUSY" -> LOADING;
      case "OOM", "MISCONF", "NOREPLICAS" -> MEMORY;
      case "CLUSTERDOWN", "MASTERDOWN", "TRYAGAIN" -> CLUSTER;
      default -> text.contains("READONLY You can't write") ? READ_ONLY : null;
    };
  }
}
