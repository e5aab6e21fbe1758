package io.aigateway.cli;

import io.aigateway.admin.Actor;
import io.aigateway.admin.Console;
import io.aigateway.admin.Desk;
import io.aigateway.admin.KeyMaker;
import io.aigateway.admin.Passwords;
import io.aigateway.admin.Reencryption;
import io.aigateway.reload.ProviderNames;
import io.aigateway.reload.RouteFiles;
import io.aigateway.reload.RoutesRefusedException;
import io.aigateway.settings.Settings;
import io.aigateway.settings.SettingsReader;
import io.aigateway.settings.Surroundings;
import io.aigateway.store.Database;
import io.aigateway.store.Sealer;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.Resource;
import org.springframework.core.io.support.PathMatchingResourcePatternResolver;

/**
 * What a command works on: the database of the settings, brought to this version, and nothing else
 * of the gateway.
 */
final class Workplace implements AutoCloseable {
  static final String ACTOR = "command line";

  private static final int LONGEST_ADDRESS = 64;

  private final Map<String, String> environment;
  private final Settings settings;
  private final Database database;
  private final Sealer sealer;
  private final SecureRandom random = new SecureRandom();
  private @Nullable Passwords passwords;

  private Workplace(Map<String, String> environment, Settings settings) {
    this.environment = environment;
    this.settings = settings;
    this.database = new Database(settings.storage(), "command-line");
    this.sealer = Sealer.of(settings.storage(), random);
  }

  /**
   * Opens the database that this environment names.
   *
   * @throws io.aigateway.settings.SettingsException when the environment is wrong
   * @throws CommandFailure when there is no such database, or it can't be used
   */
  static Workplace open(Map<String, String> environment) {
    Settings settings = new SettingsReader(Surroundings.ofProcess()).read(environment);
    if (settings.storage().databaseUrl().isEmpty() && settings.storage().dataDir().isEmpty()) {
      throw new CommandFailure(
          Commands.MISCONFIGURED,
          "there is no database to work on: set DATABASE_URL or DATA_DIR as the gateway has it");
    }
    Workplace opened = new Workplace(environment, settings);
    String problem = opened.database.startHere();
    if (problem != null) {
      boolean embedded = opened.database.isEmbedded();
      opened.close();
      throw new CommandFailure(
          Commands.FAILED,
          "the database "
              + problem
              + (embedded ? "; while a gateway runs on DATA_DIR, use its admin API" : ""));
    }
    return opened;
  }

  Console console() {
    byte[] id = new byte[16];
    random.nextBytes(id);
    String host = settings.identity().podName();
    Desk desk =
        new Desk(
            database,
            // the feed tells the replicas that run
            tenant -> {},
            sealer.canSeal() ? sealer : Sealer.ofThisProcess(random),
            Clock.systemUTC(),
            !database.isEmbedded() || settings.sharedState().redisUrl().isEmpty());
    return new Console(
        desk,
        new KeyMaker(random),
        this::passwords,
        this::isProvider,
        new Actor(
            ACTOR,
            host.length() > LONGEST_ADDRESS ? host.substring(0, LONGEST_ADDRESS) : host,
            HexFormat.of().formatHex(id)));
  }

  /** Making it takes as long as looking at a password. */
  private Passwords passwords() {
    Passwords known = passwords;
    if (known == null) {
      known = new Passwords(Passwords.STRENGTH, random, System::nanoTime);
      passwords = known;
    }
    return known;
  }

  /**
   * @throws CommandFailure when there is no key to encrypt with
   */
  Reencryption reencryption() {
    if (!sealer.canSeal()) {
      throw new CommandFailure(
          Commands.MISCONFIGURED,
          "there is no key to encrypt with: set ENCRYPTION_KEY to the new one, and"
              + " ENCRYPTION_KEY_PREVIOUS to the old one");
    }
    return new Reencryption(database, sealer);
  }

  /** Whether the route files have a provider of this name. */
  private boolean isProvider(String name) {
    try {
      Resource[] builtIn =
          new PathMatchingResourcePatternResolver()
              .getResources("classpath*:routes/*" + RouteFiles.SUFFIX);
      RouteFiles files =
          new RouteFiles(
              Arrays.stream(builtIn)
                  .map(file -> Objects.requireNonNull(file.getFilename()))
                  .toList(),
              settings.routing().routesDir());
      return ProviderNames.in(files.read(), environment::get).contains(name);
    } catch (IOException | RoutesRefusedException e) {
      throw new CommandFailure(Commands.FAILED, "the route files can't be read");
    }
  }

  @Override
  public void close() {
    if (passwords != null) {
      passwords.close();
    }
    database.close();
  }
}
