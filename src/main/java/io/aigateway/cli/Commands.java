package io.aigateway.cli;

import io.aigateway.error.RequestException;
import io.aigateway.settings.SettingsException;
import io.aigateway.settings.Surroundings;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.function.Supplier;
import org.springframework.boot.logging.LoggingSystem;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;

/**
 * Carries out a command instead of starting the gateway. Ends with 0, with 2 when the command line
 * or the configuration is wrong, with 1 and one line of text when anything else is.
 */
public final class Commands {
  static final int FAILED = 1;
  static final int MISCONFIGURED = 2;

  private static final List<String> ABOUT = List.of("--help", "-h", "--version", "-V");

  private Commands() {}

  /** Whether the arguments are a command's; Spring's own are {@code --name=value} and two words. */
  public static boolean areMeant(String[] arguments) {
    if (arguments.length == 0) {
      return false;
    }
    String first = arguments[0];
    return ABOUT.contains(first)
        || !(first.startsWith("--") && first.indexOf('=') > 0
            || first.equals("--debug")
            || first.equals("--trace"));
  }

  /** Carries out the command of these arguments, and gives the exit code. */
  public static int run(String[] arguments) {
    // what happens beside the command is of no interest
    LoggingSystem.get(Commands.class.getClassLoader()).beforeInitialize();
    return run(
        arguments,
        System.getenv(),
        Terminal.of(System.in, System.out, System.err, Surroundings.ofProcess().terminal()));
  }

  static int run(String[] arguments, Map<String, String> environment, Terminal terminal) {
    Supplier<Workplace> workplace = () -> Workplace.open(environment);
    CommandLine line =
        new CommandLine(new Gateway())
            .addSubcommand(new TenantCommand(workplace, terminal))
            .addSubcommand(new KeyCommand(workplace, terminal))
            .addSubcommand(new UserCommand(workplace, terminal))
            .addSubcommand(new ReencryptCommand(workplace, terminal))
            .setOut(terminal.out())
            .setErr(terminal.err())
            .setParameterExceptionHandler(
                (wrong, given) -> {
                  terminal.err().println(wrong.getMessage());
                  wrong.getCommandLine().usage(terminal.err());
                  return MISCONFIGURED;
                })
            .setExecutionExceptionHandler(
                (failure, command, result) -> failed(failure, environment, terminal));
    return line.execute(arguments);
  }

  private static int failed(Exception failure, Map<String, String> environment, Terminal terminal) {
    if (failure instanceof SettingsException settings) {
      settings.faults().forEach(fault -> terminal.err().println("configuration: " + fault.line()));
      return MISCONFIGURED;
    }
    if (failure instanceof CommandFailure command) {
      terminal.err().println(command.getMessage());
      return command.code();
    }
    if (failure instanceof RequestException refused) {
      terminal.err().println(refused.error().message());
      return FAILED;
    }
    terminal.err().println("failed: " + failure.getClass().getSimpleName());
    if ("debug".equals(environment.get("LOG_LEVEL"))) {
      failure.printStackTrace(terminal.err());
    }
    return FAILED;
  }

  /** What stands above all commands. */
  @Command(
      name = "java -jar ai-gateway.jar",
      mixinStandardHelpOptions = true,
      versionProvider = Version.class,
      description = {
        "Without a command: starts the gateway.",
        "With one: works on its database (DATABASE_URL, or DATA_DIR while no gateway runs on it) and"
            + " ends."
      })
  static final class Gateway {}

  /** Which version is this? */
  static final class Version implements IVersionProvider {
    @Override
    public String[] getVersion() throws IOException {
      Properties build = new Properties();
      try (InputStream file =
          Commands.class.getResourceAsStream("/META-INF/build-info.properties")) {
        if (file != null) {
          build.load(file);
        }
      }
      return new String[] {"ai-gateway " + build.getProperty("build.version", "unknown")};
    }
  }
}
