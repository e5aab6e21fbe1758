package io.aigateway.fake;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/**
 * A real redis-server on a free loopback port, which can be frozen, killed and started again. The
 * program comes from the class path, so that nothing need be installed. Keeps nothing on disk.
 */
public final class RedisServer implements AutoCloseable {
  private static final String HOST = "127.0.0.1";
  private static final Duration START = Duration.ofSeconds(20);
  private static final int TRIES = 5;
  private static final Path PROGRAM = program();

  private final List<String> options;
  private final int port;
  private final Path folder;
  private Process process;

  private RedisServer(int port, List<String> options) {
    this.port = port;
    this.options = List.copyOf(options);
    this.folder = temporary("redis-data");
    this.process = launch();
  }

  /**
   * Starts one.
   *
   * @param options as on redis-server's command line, {@code "--requirepass", "x"}
   */
  public static RedisServer start(String... options) {
    for (int i = 1; ; i++) {
      RedisServer server = new RedisServer(freePort(), List.of(options));
      try {
        server.awaitAnswer();
        return server;
      } catch (RuntimeException e) {
        server.close();
        if (i == TRIES) {
          throw e;
        }
      }
    }
  }

  /** A port on which nothing listens, for a server that is to come later. */
  public static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getByName(HOST))) {
      // a cluster node also listens 10000 above
      return socket.getLocalPort() < 50_000
          ? socket.getLocalPort()
          : socket.getLocalPort() - 20_000;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one on this port. */
  public static RedisServer startAt(int port, String... options) {
    RedisServer server = new RedisServer(port, List.of(options));
    server.awaitAnswer();
    return server;
  }

  /** Starts three sentinels that watch the master of this name and its one replica. */
  public static List<RedisServer> startSentinels(String master, int masterPort) {
    List<RedisServer> sentinels = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      sentinels.add(startSentinel(master, masterPort));
    }
    for (RedisServer sentinel : sentinels) {
      Awaitility.await()
          .atMost(START)
          .until(
              () ->
                  String.valueOf(sentinel.command("SENTINEL", "master", master))
                      .matches("(?s).*num-slaves, 1,.*num-other-sentinels, 2,.*"));
    }
    return sentinels;
  }

  /** With short times, by two votes. */
  private static RedisServer startSentinel(String master, int masterPort) {
    Path file = temporary("sentinel").resolve("sentinel.conf");
    try {
      Files.writeString(
          file,
          """
          sentinel monitor %1$s 127.0.0.1 %2$d 2
          sentinel down-after-milliseconds %1$s 1000
          sentinel failover-timeout %1$s 4000
          """
              .formatted(master, masterPort));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    RedisServer server = new RedisServer(freePort(), List.of(file.toString(), "--sentinel"));
    server.awaitAnswer();
    return server;
  }

  /** Starts a cluster of three masters. */
  public static List<RedisServer> startCluster() {
    List<RedisServer> nodes = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      nodes.add(start("--cluster-enabled", "yes", "--cluster-node-timeout", "2000"));
    }
    String[] slots = {"0", "5460", "5461", "10922", "10923", "16383"};
    for (int i = 0; i < 3; i++) {
      nodes.get(i).command("CLUSTER", "ADDSLOTSRANGE", slots[2 * i], slots[2 * i + 1]);
      nodes.get(0).command("CLUSTER", "MEET", HOST, Integer.toString(nodes.get(i).port()));
    }
    for (RedisServer node : nodes) {
      Awaitility.await()
          .atMost(START)
          .until(
              () -> String.valueOf(node.command("CLUSTER", "INFO")).contains("cluster_state:ok"));
    }
    return nodes;
  }

  public int port() {
    return port;
  }

  public String url() {
    return "redis://" + HOST + ":" + port;
  }

  // ---- what is done to it

  /** It keeps its connections and answers nothing. */
  public void freeze() {
    signal("STOP");
  }

  public void thaw() {
    signal("CONT");
  }

  /** As if its machine had lost power; what it held is gone. */
  public void kill() {
    process.destroyForcibly();
    await();
  }

  /** Starts it again on the same port, empty. */
  public void restart() {
    process = launch();
    awaitAnswer();
  }

  private void signal(String name) {
    try {
      int code =
          new ProcessBuilder("sh", "-c", "kill -" + name + " " + process.pid()).start().waitFor();
      if (code != 0) {
        throw new AssertionError("no signal " + name);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  // ---- what it says

  /** One command on a connection of its own: a text, a number, a list or null. */
  public @Nullable Object command(String... words) {
    return commandAs(null, words);
  }

  /** The same, with a password. */
  public @Nullable Object commandAs(@Nullable String password, String... words) {
    try (Socket socket = new Socket(HOST, port)) {
      socket.setSoTimeout(5000);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      if (password != null) {
        write(socket, "AUTH", password);
        read(in);
      }
      write(socket, words);
      return read(in);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How often each command was carried out since its start, those of scripts too. */
  public Map<String, Long> commandCounts() {
    Map<String, Long> counts = new TreeMap<>();
    for (String line : String.valueOf(command("INFO", "commandstats")).split("\r\n")) {
      if (line.startsWith("cmdstat_")) {
        String name = line.substring("cmdstat_".length(), line.indexOf(':'));
        String calls = line.substring(line.indexOf("calls=") + 6, line.indexOf(','));
        counts.put(name, Long.valueOf(calls));
      }
    }
    return counts;
  }

  private static void write(Socket socket, String... words) throws IOException {
    StringBuilder request = new StringBuilder("*" + words.length + "\r\n");
    for (String word : words) {
      int length = word.getBytes(StandardCharsets.UTF_8).length;
      request.append('$').append(length).append("\r\n").append(word).append("\r\n");
    }
    socket.getOutputStream().write(request.toString().getBytes(StandardCharsets.UTF_8));
    socket.getOutputStream().flush();
  }

  private static @Nullable Object read(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\r'; next = in.read()) {
      if (next < 0) {
        throw new EOFException();
      }
      line.append((char) next);
    }
    in.read();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+' -> rest;
      case '-' -> throw new IOException(rest);
      case ':' -> Long.valueOf(rest);
      case '$' -> {
        int length = Integer.parseInt(rest);
        if (length < 0) {
          yield null;
        }
        String text = new String(in.readNBytes(length), StandardCharsets.UTF_8);
        in.readNBytes(2);
        yield text;
      }
      case '*' -> {
        List<@Nullable Object> all = new ArrayList<>();
        for (int i = Integer.parseInt(rest); i > 0; i--) {
          all.add(read(in));
        }
        yield all;
      }
      default -> throw new IOException("not Redis: " + line);
    };
  }

  private void awaitAnswer() {
    Awaitility.await()
        .atMost(START)
        .pollInterval(Duration.ofMillis(10))
        .ignoreExceptions()
        .until(
            () -> {
              if (!process.isAlive()) {
                throw new IllegalStateException("redis-server ended");
              }
              try (Socket socket = new Socket(HOST, port)) {
                socket.setSoTimeout(500);
                write(socket, "PING");
                int first = socket.getInputStream().read();
                return first == '+' || first == '-';
              }
            });
  }

  // ---- how

  private Process launch() {
    List<String> command = new ArrayList<>();
    command.add(PROGRAM.toString());
    boolean sentinel = options.contains("--sentinel");
    if (sentinel) {
      command.addAll(options);
    }
    command.addAll(List.of("--port", Integer.toString(port), "--bind", HOST));
    command.addAll(List.of("--dir", folder.toString()));
    if (!sentinel) {
      command.addAll(List.of("--save", "", "--appendonly", "no"));
      command.addAll(options);
    }
    try {
      Process started =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("log").toFile())
              .start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::destroyForcibly));
      return started;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await() {
    try {
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        throw new AssertionError("redis-server doesn't end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  private static Path program() {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String arch = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String name =
        "redis-server-7.0.15-"
            + (os.contains("mac") ? "darwin" : "linux")
            + (arch.contains("aarch64") || arch.contains("arm") ? "-arm64" : "-amd64");
    try (InputStream program = RedisServer.class.getResourceAsStream("/" + name)) {
      if (program == null) {
        throw new IllegalStateException("no " + name + " on the class path");
      }
      Path file = temporary("redis-server").resolve("redis-server");
      Files.copy(program, file, StandardCopyOption.REPLACE_EXISTING);
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
      file.toFile().deleteOnExit();
      return file;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path temporary(String name) {
    try {
      Path folder = Files.createTempDirectory(name);
      folder.toFile().deleteOnExit();
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    await();
    try (var files = Files.list(folder)) {
      files.map(Path::toFile).forEach(java.io.File::delete);
      Files.deleteIfExists(folder);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
