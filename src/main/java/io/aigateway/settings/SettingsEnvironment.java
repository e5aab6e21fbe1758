package io.aigateway.settings;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.env.EnvironmentPostProcessor;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.MutablePropertySources;
import org.springframework.core.env.PropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

/**
 * How do Spring and Camel see the environment as {@link SettingsReader} does? An empty variable or
 * a placeholder is taken away before anybody looks, so that defaults in <code>${…}</code> and
 * <code>{{…}}</code> hold; what the settings say about logs and the stop becomes Spring's own
 * properties, which {@code LOGGING_LEVEL_…} and the command line still override.
 *
 * <p>A fault is not this class's business: then the defaults are used, and {@link Settings} fails.
 */
public final class SettingsEnvironment implements EnvironmentPostProcessor, Ordered {
  static final String DERIVED = "gatewaySettings";

  private static final String SYSTEM = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;

  /** They say at info and warn again what the one line about a failed start says. */
  private static final List<String> REPEATING =
      List.of(
          "org.springframework.boot.autoconfigure.logging",
          "org.springframework.context.annotation.AnnotationConfigApplicationContext");

  private final Surroundings surroundings;

  public SettingsEnvironment() {
    this(Surroundings.ofProcess());
  }

  SettingsEnvironment(Surroundings surroundings) {
    this.surroundings = surroundings;
  }

  /** First of all: Spring Boot wraps what it finds here, and reads its own settings after. */
  @Override
  public int getOrder() {
    return Ordered.HIGHEST_PRECEDENCE;
  }

  @Override
  public void postProcessEnvironment(
      ConfigurableEnvironment environment, SpringApplication application) {
    MutablePropertySources sources = environment.getPropertySources();
    if (sources.get(SYSTEM) instanceof SystemEnvironmentPropertySource system) {
      sources.replace(SYSTEM, new SystemEnvironmentPropertySource(SYSTEM, cleaned(system)));
    }
    MapPropertySource derived = new MapPropertySource(DERIVED, derived(settings(environment)));
    if (sources.contains(SYSTEM)) {
      sources.addAfter(SYSTEM, derived);
    } else {
      sources.addLast(derived);
    }
  }

  /**
   * The known variables as {@code environment} has them; text is taken as it is, never expanded.
   */
  static Map<String, String> variables(ConfigurableEnvironment environment) {
    Map<String, String> found = new HashMap<>();
    for (Variable variable : Variable.values()) {
      put(found, environment, variable.name());
    }
    put(found, environment, SettingsReader.KUBERNETES);
    return found;
  }

  private static void put(
      Map<String, String> found, ConfigurableEnvironment environment, String name) {
    for (PropertySource<?> source : environment.getPropertySources()) {
      Object value = source.getProperty(name);
      if (value != null) {
        found.put(name, value.toString());
        return;
      }
    }
  }

  private Settings settings(ConfigurableEnvironment environment) {
    SettingsReader reader = new SettingsReader(surroundings);
    try {
      return reader.read(variables(environment));
    } catch (SettingsException e) {
      return reader.read(Map.of());
    }
  }

  private static Map<String, Object> cleaned(SystemEnvironmentPropertySource system) {
    Map<String, Object> kept = new LinkedHashMap<>(system.getSource());
    kept.values().removeIf(value -> SettingsReader.countsAsUnset(value.toString()));
    return kept;
  }

  private static Map<String, Object> derived(Settings settings) {
    Map<String, Object> derived = new LinkedHashMap<>();
    LogLevel level = settings.logging().level();
    // debug is about the gateway: at debug the libraries write many lines for each request
    LogLevel libraries = level == LogLevel.DEBUG ? LogLevel.INFO : level;
    derived.put("logging.level.root", name(libraries));
    derived.put("logging.level.io.aigateway", name(level));
    // what it says of Redis is said once by the gateway, without stack traces
    derived.put("logging.level.org.redisson", "off");
    // likewise of the database, whose address they would show
    derived.put("logging.level.com.zaxxer.hikari", "off");
    derived.put("logging.level.org.flywaydb", "off");
    derived.put("logging.level.org.postgresql", "off");
    REPEATING.forEach(logger -> derived.put("logging.level." + logger, name(LogLevel.ERROR)));
    if (settings.logging().format() == LogFormat.JSON) {
      derived.put("logging.structured.format.console", "logstash");
    }
    // a stop has one limit; Spring's own, for each phase, must not be the shorter one
    derived.put(
        "spring.lifecycle.timeout-per-shutdown-phase",
        settings.shutdown().limit().toSeconds() + "s");
    return derived;
  }

  private static String name(LogLevel level) {
    return level.name().toLowerCase(Locale.ROOT);
  }
}
