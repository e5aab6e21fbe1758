package io.aigateway.packaged;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One gateway as its users run it: {@code java -jar ai-gateway.jar} with an environment of its own.
 * Listens on a free loopback port, is not warmed up unless told so, and keeps its whole log. Safe
 * for all threads.
 */
final class GatewayProcess implements AutoCloseable {
  static final String KEY = "gw-canary-caller-0123456789abcdef";

  private static final Duration START = Duration.ofSeconds(90);
  private static final Pattern READY = Pattern.compile("ready on port (\\d+)");

  private final Process process;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition said = lock.newCondition();
  private final List<String> lines = new ArrayList<>();
  private final Thread reader;
  private boolean ended;
  private int port;

  private GatewayProcess(Process process, int port) {
    this.process = process;
    this.port = port;
    reader = new Thread(this::read, "gateway-log");
    reader.setDaemon(true);
    reader.start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
  }

  /** How a gateway is started. */
  static final class Setup {
    private final Map<String, String> environment = new LinkedHashMap<>();
    private final Map<String, String> properties = new LinkedHashMap<>();
    private int port;

    private Setup() {
      environment.put("ADDR", "127.0.0.1:0");
      environment.put("LOG_FORMAT", "text");
      environment.put("BOOTSTRAP_API_KEY", KEY);
      environment.put("PRE_DRAIN", "0");
      properties.put("gateway.warm-up.requests", "0");
    }

    Setup env(String name, String value) {
      environment.put(name, value);
      return this;
    }

    Setup without(String name) {
      environment.remove(name);
      return this;
    }

    Setup property(String name, String value) {
      properties.put(name, value);
      return this;
    }

    Setup routes(Path folder) {
      return env("ROUTES_DIR", folder.toString());
    }

    /** Listens here, so that it can be asked before it is ready. */
    Setup port(int at) {
      port = at;
      return env("ADDR", "127.0.0.1:" + at);
    }

    /** Starts the process and waits for nothing. */
    GatewayProcess launch() {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(List.of("-Xmx256m", "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
      properties.forEach((name, value) -> command.add("-D" + name + "=" + value));
      command.addAll(List.of("-jar", System.getProperty("gateway.jar", "target/ai-gateway.jar")));
      ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
      String path = builder.environment().get("PATH");
      builder.environment().clear();
      if (path != null) {
        builder.environment().put("PATH", path);
      }
      builder.environment().putAll(environment);
      try {
        return new GatewayProcess(builder.start(), port);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /** Starts the process and waits until it is ready. */
    GatewayProcess start() {
      GatewayProcess started = launch();
      started.awaitReady();
      return started;
    }
  }

  static Setup gateway() {
    return new Setup();
  }

  // ---- where

  long pid() {
    return process.pid();
  }

  int port() {
    return port;
  }

  URI uri(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  // ---- what it does

  void awaitReady() {
    String line = awaitLog(text -> READY.matcher(text).find(), START);
    Matcher ready = READY.matcher(line);
    if (ready.find()) {
      port = Integer.parseInt(ready.group(1));
    }
  }

  /** Asks it to stop, as Kubernetes does. */
  void terminate() {
    // not Process.destroy, which would stop reading the log too
    process.toHandle().destroy();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /**
   * Waits for the end of the process and of its log.
   *
   * @return the exit code
   */
  int awaitExit(Duration atMost) {
    try {
      if (!process.waitFor(atMost.toMillis(), TimeUnit.MILLISECONDS)) {
        throw new AssertionError("still running after " + atMost + ":\n" + log());
      }
      reader.join(TimeUnit.SECONDS.toMillis(5));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    awaitExit(Duration.ofSeconds(10));
  }

  // ---- what it says

  /** Everything it wrote, on both streams. */
  String log() {
    return String.join("\n", lines());
  }

  List<String> lines() {
    lock.lock();
    try {
      return List.copyOf(lines);
    } finally {
      lock.unlock();
    }
  }

  /** Waits for a line of the log and gives it. */
  String awaitLog(Predicate<String> wanted, Duration atMost) {
    long left = atMost.toNanos();
    lock.lock();
    try {
      int next = 0;
      while (true) {
        for (; next < lines.size(); next++) {
          if (wanted.test(lines.get(next))) {
            return lines.get(next);
          }
        }
        if (left <= 0 || ended) {
          throw new AssertionError("not said within " + atMost + ":\n" + String.join("\n", lines));
        }
        left = said.awaitNanos(left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting", e);
    } finally {
      lock.unlock();
    }
  }

  private void read() {
    try (BufferedReader output = process.inputReader(StandardCharsets.UTF_8)) {
      String line = output.readLine();
      while (line != null) {
        add(line);
        line = output.readLine();
      }
    } catch (IOException e) {
      add("the log broke off: " + e.getMessage());
    }
    lock.lock();
    try {
      ended = true;
      said.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void add(@Nullable String line) {
    if (line != null) {
      lock.lock();
      try {
        lines.add(line);
        said.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }
}
