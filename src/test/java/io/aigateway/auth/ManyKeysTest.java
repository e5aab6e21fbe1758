package io.aigateway.auth;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.aigateway.fake.ManyTenants;
import io.aigateway.settings.Storage;
import io.aigateway.store.Database;
import io.aigateway.tenant.KeyText;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Does it take longer to look a key up when there are many? */
@Tag("measurement")
class ManyKeysTest {
  private static final int COUNT = 100_000;
  private static final int ASKED = 4_096;
  private static final int ROUNDS = 200;

  /** Nanoseconds of one look-up among so many keys. */
  private static double nanos(Path folder, int count) {
    ManyTenants.embedded(folder, count);
    Storage storage =
        new Storage(Optional.empty(), Optional.of(folder), Optional.empty(), Optional.empty());
    try (Database database = new Database(storage, "");
        KeyDirectory keys =
            new KeyDirectory(
                database, Directories.VAULT, null, Clock.systemUTC(), System::nanoTime)) {
      keys.start();
      database.start();
      await().atMost(Duration.ofSeconds(30)).until(keys::isLoaded);
      byte[][] hashes = new byte[ASKED][];
      Random random = new Random(1);
      for (int i = 0; i < ASKED; i++) {
        hashes[i] = KeyText.hash(ManyTenants.key(1 + random.nextInt(count)));
      }
      double best = Double.MAX_VALUE;
      for (int round = 0; round < ROUNDS; round++) {
        long started = System.nanoTime();
        for (byte[] hash : hashes) {
          if (keys.good(hash) == null) {
            throw new AssertionError("a key is not known");
          }
        }
        best = Math.min(best, (System.nanoTime() - started) / (double) ASKED);
      }
      return best;
    }
  }

  @Test
  void lookUpIsAsQuickAmongManyKeysAsAmongFew(@TempDir Path few, @TempDir Path many) {
    double amongFew = nanos(few, 10);
    double amongMany = nanos(many, COUNT);
    System.out.printf(
        "a look-up takes %.0f ns among 10 keys, %.0f ns among %d%n", amongFew, amongMany, COUNT);

    assertThat(amongMany).isLessThan(5_000).isLessThan(amongFew + 500);
  }
}
