package io.aigateway.packaged;

import static org.assertj.core.api.Assertions.assertThat;

import io.aigateway.fake.ManyTenants;
import io.aigateway.fake.PostgresServer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What 100,000 tenants with one key each cost a gateway: at its start, and of its heap. */
@Tag("measurement")
class ManyTenantsIT {
  private static final int COUNT = 100_000;
  private static final Pattern USED =
      Pattern.compile("(?:total \\d+K|reserved \\d+K), used (\\d+)K");
  private static final Pattern KNOWN = Pattern.compile("(\\d+) keys known after (\\d+) ms");

  /** How a gateway was when it was ready and knew its keys. */
  private record Started(Duration took, long heapKilobytes) {}

  private static Started start(GatewayProcess.Setup setup, int keys) throws Exception {
    long launched = System.nanoTime();
    try (GatewayProcess gateway = setup.start()) {
      String line = gateway.awaitLog(text -> KNOWN.matcher(text).find(), Duration.ofSeconds(30));
      Duration took = Duration.ofNanos(System.nanoTime() - launched);
      Matcher known = KNOWN.matcher(line);
      assertThat(known.find()).isTrue();
      assertThat(Integer.parseInt(known.group(1))).isEqualTo(keys);
      if (keys > 0) {
        assertThat(AdminCalls.chat(gateway, ManyTenants.key(keys / 2), "demo").status())
            .isEqualTo(200);
      }
      jcmd(gateway, "GC.run");
      Started started = new Started(took, heap(jcmd(gateway, "GC.heap_info")));
      System.out.printf(
          "%d keys: ready after %d ms, read in %s ms, heap %d MiB%n",
          keys, took.toMillis(), known.group(2), started.heapKilobytes() / 1024);
      return started;
    }
  }

  private static String jcmd(GatewayProcess gateway, String command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(gateway.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    return said;
  }

  /** What the generations hold; classes are not of the heap. */
  private static long heap(String info) {
    long sum = 0;
    for (String line : info.split("\n")) {
      Matcher used = USED.matcher(line);
      if (used.find() && !line.contains("Metaspace") && !line.contains("class space")) {
        sum += Long.parseLong(used.group(1));
      }
    }
    assertThat(sum).as(info).isPositive();
    return sum;
  }

  private static void compare(Started none, Started many) {
    assertThat(many.took()).isLessThan(Duration.ofSeconds(10));
    assertThat(many.heapKilobytes() - none.heapKilobytes()).isLessThan(256 * 1024);
  }

  @Test
  void embeddedDatabaseWithManyTenants(@TempDir Path empty, @TempDir Path full) throws Exception {
    ManyTenants.embedded(full, COUNT);

    Started none = start(GatewayProcess.gateway().env("DATA_DIR", empty.toString()), 0);
    Started many = start(GatewayProcess.gateway().env("DATA_DIR", full.toString()), COUNT);

    compare(none, many);
  }

  @Test
  void postgresWithManyTenants() throws Exception {
    PostgresServer postgres = PostgresServer.shared();
    String full = postgres.newDatabase();
    ManyTenants.postgres(full, COUNT);

    Started none = start(GatewayProcess.gateway().env("DATABASE_URL", postgres.newDatabase()), 0);
    Started many = start(GatewayProcess.gateway().env("DATABASE_URL", full), COUNT);

    compare(none, many);
  }
}
