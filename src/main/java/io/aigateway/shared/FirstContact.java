package io.aigateway.shared;

import io.aigateway.settings.RedisUrl;
import io.aigateway.settings.Secret;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * What are the nodes of {@code REDIS_URL}: one server, a cluster, sentinels? Asks the first that
 * answers, over a plain socket with short limits, so that the client proper is only made when there
 * is somebody to talk to. Blocks; for a thread of its own.
 */
final class FirstContact {

  /** What the nodes are. */
  enum Kind {
    SERVER,
    SERVERS,
    CLUSTER,
    SENTINELS
  }

  /**
   * What was found.
   *
   * @param master the master that the sentinels know; empty unless they are sentinels
   */
  record Found(Kind kind, Optional<String> master) {}

  /** A node answered, with a no. */
  static final class Refused extends IOException {
    private final Outage outage;

    Refused(Outage outage) {
      super("refused");
      this.outage = outage;
    }

    Outage outage() {
      return outage;
    }
  }

  private final RedisUrl url;
  private final int limitMillis;

  FirstContact(RedisUrl url, Duration limit) {
    this.url = url;
    this.limitMillis = (int) limit.toMillis();
  }

  /**
   * Asks node after node until one answers.
   *
   * @throws IOException of the last node when none of them does
   */
  Found ask() throws IOException {
    IOException last = new EOFException();
    for (RedisUrl.Node node : url.nodes()) {
      try {
        return ask(node);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private Found ask(RedisUrl.Node node) throws IOException {
    if (url.master().isPresent()) {
      // what they are is known; that this one is there is all there is to learn
      try (Talk talk = new Talk(node)) {
        login(talk, url.sentinelUser(), url.sentinelPassword());
        talk.command("PING");
      }
      return new Found(Kind.SENTINELS, url.master());
    }
    try (Talk talk = new Talk(node)) {
      Object first = talk.command("INFO", "server");
      if (first instanceof String info && info.contains("redis_mode:sentinel")) {
        return new Found(Kind.SENTINELS, Optional.of(onlyMaster(talk)));
      }
      if (url.password().isPresent()) {
        login(talk, url.user(), url.password());
        first = talk.command("INFO", "server");
      }
      if (first instanceof Failure failure) {
        Outage outage = Outage.ofReply(failure.text());
        if (outage != null && outage != Outage.NOT_PERMITTED) {
          throw new Refused(outage);
        }
      }
      boolean cluster = first instanceof String info && info.contains("redis_mode:cluster");
      if (cluster) {
        return new Found(Kind.CLUSTER, Optional.empty());
      }
      return new Found(url.nodes().size() == 1 ? Kind.SERVER : Kind.SERVERS, Optional.empty());
    }
  }

  private static void login(Talk talk, Optional<String> user, Optional<Secret> password)
      throws IOException {
    if (password.isEmpty()) {
      return;
    }
    String secret = password.get().reveal();
    Object answer =
        user.isPresent() ? talk.command("AUTH", user.get(), secret) : talk.command("AUTH", secret);
    if (answer instanceof Failure) {
      throw new Refused(Outage.CREDENTIALS);
    }
  }

  private static String onlyMaster(Talk talk) throws IOException {
    if (talk.command("SENTINEL", "masters") instanceof List<?> masters
        && masters.size() == 1
        && masters.get(0) instanceof List<?> fields
        && fields.size() > 1
        && fields.get(1) instanceof String name) {
      return name;
    }
    throw new Refused(Outage.NO_MASTER);
  }

  private record Failure(String text) {}

  /** One connection, in Redis' own protocol. */
  private final class Talk implements AutoCloseable {
    private final Socket socket;
    private final InputStream in;

    Talk(RedisUrl.Node node) throws IOException {
      Socket plain = new Socket();
      try {
        plain.connect(new InetSocketAddress(node.host(), node.port()), limitMillis);
        plain.setSoTimeout(limitMillis);
        socket = url.tls() ? secured(plain, node) : plain;
        in = new BufferedInputStream(socket.getInputStream());
      } catch (IOException | RuntimeException e) {
        plain.close();
        throw e;
      }
    }

    private Socket secured(Socket plain, RedisUrl.Node node) throws IOException {
      SSLSocketFactory factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
      SSLSocket secured = (SSLSocket) factory.createSocket(plain, node.host(), node.port(), true);
      SSLParameters parameters = secured.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secured.setSSLParameters(parameters);
      secured.startHandshake();
      return secured;
    }

    /** The answer: a text, a list, a number, null, or a {@link Failure}. */
    @Nullable Object command(String... words) throws IOException {
      StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
      for (String word : words) {
        int length = word.getBytes(StandardCharsets.UTF_8).length;
        request.append('$').append(length).append("\r\n").append(word).append("\r\n");
      }
      socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
      socket.getOutputStream().flush();
      return read();
    }

    private @Nullable Object read() throws IOException {
      String line = line();
      String rest = line.substring(1);
      return switch (line.charAt(0)) {
        case '+' -> rest;
        case '-' -> new Failure(rest);
        case ':' -> Long.valueOf(rest);
        case '$' -> bulk(Integer.parseInt(rest));
        case '*' -> list(Integer.parseInt(rest));
        default -> throw new IOException("not Redis");
      };
    }

    private @Nullable Object bulk(int length) throws IOException {
      if (length < 0) {
        return null;
      }
      byte[] bytes = in.readNBytes(length);
      if (bytes.length < length || in.readNBytes(2).length < 2) {
        throw new EOFException();
      }
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private @Nullable Object list(int length) throws IOException {
      if (length < 0) {
        return null;
      }
      List<@Nullable Object> all = new ArrayList<>();
      for (int i = 0; i < length; i++) {
        all.add(read());
      }
      return all;
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      int next = in.read();
      while (next != '\r') {
        if (next < 0 || line.length() > 1 << 16) {
          throw new EOFException();
        }
        line.append((char) next);
        next = in.read();
      }
      if (in.read() != '\n' || line.length() == 0) {
        throw new IOException("not Redis");
      }
      return line.toString();
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }
}
