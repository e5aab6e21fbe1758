package io.aigateway;

import io.aigateway.cli.Commands;
import io.aigateway.settings.Settings;
import io.aigateway.settings.SettingsException;
import io.aigateway.settings.SettingsReader;
import io.aigateway.settings.Surroundings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts the gateway, or carries out a command of its command line. The gateway's process ends with
 * 0 after a signal, with 2 when its configuration is wrong, with 1 when the start fails for
 * anything else. What it is made of is listed in {@code META-INF/spring}, in a file of this class's
 * name.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@ImportAutoConfiguration
public class Application {
  private static final int FAILED = 1;
  private static final int MISCONFIGURED = 2;

  public static void main(String[] args) {
    if (Commands.areMeant(args)) {
      System.exit(Commands.run(args));
    }
    Termination termination = Termination.install();
    Settings settings;
    try {
      settings = new SettingsReader(Surroundings.ofProcess()).read(System.getenv());
    } catch (SettingsException e) {
      report(e);
      termination.exit(MISCONFIGURED);
      return;
    }
    termination.limit(settings.shutdown().limit());
    SpringApplication application = new SpringApplication(Application.class);
    application.setRegisterShutdownHook(false);
    application.addInitializers(context -> prepare(context, settings, termination));
    try {
      application.run(args);
    } catch (RuntimeException | Error e) {
      // a context that is closed while it starts fails too, but that isn't news
      if (!termination.underWay()) {
        termination.exit(failed(e, settings));
      }
    }
  }

  private static void prepare(
      ConfigurableApplicationContext context, Settings settings, Termination termination) {
    termination.close(context);
    context.getBeanFactory().registerSingleton("settings", settings);
    context.getBeanFactory().registerSingleton("termination", termination);
    Logger log = LoggerFactory.getLogger(Settings.class);
    settings.warnings().forEach(log::warn);
  }

  private static int failed(Throwable failure, Settings settings) {
    var misconfigured = StartFailure.settings(failure);
    if (misconfigured.isPresent()) {
      report(misconfigured.get());
      return MISCONFIGURED;
    }
    Logger log = LoggerFactory.getLogger(Application.class);
    log.error("start failed: {}", StartFailure.describe(failure, settings.listen().address()));
    log.debug("start failed", failure);
    return FAILED;
  }

  private static void report(SettingsException e) {
    e.faults().forEach(fault -> System.err.println("configuration: " + fault.line()));
  }
}
