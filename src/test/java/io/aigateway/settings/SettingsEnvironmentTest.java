package io.aigateway.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;

class SettingsEnvironmentTest {
  @Test
  void emptyAndPlaceholderVariablesLeaveTheDefaultsInPlace() {
    StandardEnvironment environment =
        processed(
            Map.of(
                "OPENAI_BASE_URL", "",
                "OPENAI_API_KEY", "sk-...",
                "SOME_OTHER_KEY", "sk-ant-...",
                "XAI_API_KEY", "xai-1"));

    assertThat(environment.resolvePlaceholders("${OPENAI_BASE_URL:https://vendor/v1}"))
        .isEqualTo("https://vendor/v1");
    assertThat(environment.containsProperty("OPENAI_API_KEY")).isFalse();
    assertThat(environment.containsProperty("SOME_OTHER_KEY")).isFalse();
    assertThat(environment.getProperty("XAI_API_KEY")).isEqualTo("xai-1");
  }

  @Test
  void debugIsTheGatewaysOwn() {
    StandardEnvironment environment = processed(Map.of("LOG_LEVEL", "debug"));

    assertThat(environment.getProperty("logging.level.root")).isEqualTo("info");
    assertThat(environment.getProperty("logging.level.io.aigateway")).isEqualTo("debug");
  }

  @Test
  void otherLevelsAreEverybodys() {
    StandardEnvironment environment = processed(Map.of("LOG_LEVEL", "warn"));

    assertThat(environment.getProperty("logging.level.root")).isEqualTo("warn");
    assertThat(environment.getProperty("logging.level.io.aigateway")).isEqualTo("warn");
  }

  @Test
  void jsonIsOneObjectALineAndTextIsSpringsOwnForm() {
    String property = "logging.structured.format.console";

    assertThat(processed(Map.of()).getProperty(property)).isEqualTo("logstash");
    assertThat(processed(Map.of("LOG_FORMAT", "json")).getProperty(property)).isEqualTo("logstash");
    assertThat(processed(Map.of("LOG_FORMAT", "text")).getProperty(property)).isNull();
  }

  @Test
  void onePhaseOfTheStopMayTakeAllOfItsTime() {
    assertThat(
            processed(Map.of("SHUTDOWN_TIMEOUT", "40"))
                .getProperty("spring.lifecycle.timeout-per-shutdown-phase"))
        .isEqualTo("40s");
  }

  @Test
  void faultsAreLeftToTheSettings() {
    assertThat(
            processed(Map.of("LOG_LEVEL", "loud", "SHUTDOWN_TIMEOUT", "x"))
                .getProperty("logging.level.root"))
        .isEqualTo("info");
  }

  @Test
  void springsOwnVariablesAndPropertiesOverride() {
    StandardEnvironment environment = environment(Map.of("LOGGING_LEVEL_ROOT", "trace"));
    environment
        .getPropertySources()
        .addLast(new MapPropertySource("file", Map.of("logging.level.io.aigateway", "error")));

    process(environment);

    assertThat(environment.getProperty("logging.level.root")).isEqualTo("trace");
    assertThat(environment.getProperty("logging.level.io.aigateway")).isEqualTo("info");
  }

  @Test
  void valuesAreTakenAsTheyAreWritten() {
    StandardEnvironment environment = environment(Map.of("ADMIN_PASSWORD", "${x:y}"));

    assertThat(SettingsEnvironment.variables(environment))
        .containsEntry("ADMIN_PASSWORD", "${x:y}");
  }

  @Test
  void contextWithoutMainHasSettingsFromItsProperties() {
    new ApplicationContextRunner()
        .withUserConfiguration(SettingsConfiguration.class)
        .withPropertyValues("MAX_ATTEMPTS=7")
        .run(
            context ->
                assertThat(context.getBean(Settings.class).routing().maxAttempts()).isEqualTo(7));
  }

  @Test
  void contextStartedByMainKeepsTheSettingsItWasGiven() {
    Settings given = new SettingsReader(new Surroundings(() -> false, () -> "h")).read(Map.of());

    new ApplicationContextRunner()
        .withInitializer(context -> context.getBeanFactory().registerSingleton("settings", given))
        .withUserConfiguration(SettingsConfiguration.class)
        .run(context -> assertThat(context.getBean(Settings.class)).isSameAs(given));
  }

  private static StandardEnvironment processed(Map<String, Object> variables) {
    StandardEnvironment environment = environment(variables);
    process(environment);
    return environment;
  }

  private static StandardEnvironment environment(Map<String, Object> variables) {
    StandardEnvironment environment = new StandardEnvironment();
    String name = StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME;
    environment
        .getPropertySources()
        .replace(name, new SystemEnvironmentPropertySource(name, variables));
    return environment;
  }

  private static void process(StandardEnvironment environment) {
    new SettingsEnvironment(new Surroundings(() -> false, () -> "h"))
        .postProcessEnvironment(environment, new SpringApplication());
  }
}
