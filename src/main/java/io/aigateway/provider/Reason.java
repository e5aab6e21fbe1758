package io.aigateway.provider;

import io.netty.channel.ConnectTimeoutException;
import io.vertx.core.http.HttpClosedException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.nio.channels.ClosedChannelException;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;

/** Says why a connection failed, in words that name no address of the inside. */
final class Reason {
  private Reason() {}

  /** Whether the other end closed a connection that stood. */
  static boolean isClosed(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof HttpClosedException || cause instanceof ClosedChannelException) {
        return true;
      }
      if (cause instanceof ConnectException
          || cause instanceof NoRouteToHostException
          || cause instanceof SSLException) {
        return false;
      }
      if (cause instanceof SocketException) {
        return true;
      }
    }
    return "Connection was closed".equals(failure.getMessage());
  }

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
