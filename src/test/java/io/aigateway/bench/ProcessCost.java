package io.aigateway.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What has a process spent so far? Reads Linux' {@code /proc}, for the process and its children; a
 * process of id 0, or one that has gone, has spent nothing. Not safe for several threads.
 */
final class ProcessCost {
  /** The kernel reports times in hundredths of a second, whatever its own tick is. */
  private static final long TICK_MICROS = 10_000;

  private final long pid;
  private final Map<String, Long> jitTicks = new HashMap<>();

  ProcessCost(long pid) {
    this.pid = pid;
  }

  /**
   * A reading.
   *
   * @param cpuMicros user and system time, the compiler's left out
   * @param jitMicros the part that a JVM's JIT compiler threads spent
   */
  record Reading(long cpuMicros, long jitMicros) {
    Reading minus(Reading earlier) {
      return new Reading(cpuMicros - earlier.cpuMicros, jitMicros - earlier.jitMicros);
    }
  }

  /**
   * Reads now. A JVM ends idle compiler threads, and their time leaves the list of threads with
   * them: read at least once a second, so that it is remembered here.
   */
  Reading read() {
    if (pid == 0) {
      return new Reading(0, 0);
    }
    long total = 0;
    for (long each : family()) {
      total += ticks(Path.of("/proc", Long.toString(each), "stat"), false);
    }
    try (DirectoryStream<Path> tasks =
        Files.newDirectoryStream(Path.of("/proc", Long.toString(pid), "task"))) {
      for (Path task : tasks) {
        long ticks = ticks(task.resolve("stat"), true);
        if (ticks > 0) {
          jitTicks.merge(task.toString(), ticks, Math::max);
        }
      }
    } catch (IOException e) {
      // the process has gone: what was read before stands
    }
    long jit = jitTicks.values().stream().mapToLong(Long::longValue).sum();
    return new Reading((total - jit) * TICK_MICROS, jit * TICK_MICROS);
  }

  /** Resident memory in KiB, children included. */
  long residentKib() {
    long sum = 0;
    for (long each : family()) {
      try {
        for (String line : Files.readAllLines(Path.of("/proc", Long.toString(each), "status"))) {
          if (line.startsWith("VmRSS:")) {
            sum += Long.parseLong(line.replaceAll("\\D", ""));
          }
        }
      } catch (IOException e) {
        // gone between the listing and the reading
      }
    }
    return sum;
  }

  private List<Long> family() {
    List<Long> all = new ArrayList<>();
    if (pid != 0) {
      all.add(pid);
      ProcessHandle.of(pid)
          .ifPresent(handle -> handle.descendants().forEach(child -> all.add(child.pid())));
    }
    return all;
  }

  private static long ticks(Path stat, boolean onlyJit) {
    try {
      String line = new String(Files.readAllBytes(stat), UTF_8);
      int close = line.lastIndexOf(')');
      String name = line.substring(line.indexOf('(') + 1, close);
      // the kernel keeps 15 characters of "C2 CompilerThread0"
      if (onlyJit && !name.startsWith("C1 Compiler") && !name.startsWith("C2 Compiler")) {
        return 0;
      }
      String[] fields = line.substring(close + 2).split(" ");
      return Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
    } catch (IOException e) {
      return 0;
    }
  }
}
