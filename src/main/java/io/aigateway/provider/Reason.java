package io.aigateway.provider;

import io.netty.channel.ConnectTimeoutException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Says why a connection failed, in words that name no address of the inside. */
final class Reason {
  private Reason() {}

  static String of(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof ConnectTimeoutException || cause instanceof TimeoutException) {
        return "timed out";
      }
      if (cause instanceof UnknownHostException) {
        return "unknown host";
      }
      if (cause instanceof NoRouteToHostException) {
        return "no route to the host";
      }
      if (cause instanceof ConnectException) {
        return "refused";
      }
      if (cause instanceof SSLException) {
        return "TLS failed, is the certificate trusted?";
      }
    }
    return "closed by the provider";
  }
}
