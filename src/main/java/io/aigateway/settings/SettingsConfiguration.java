package io.aigateway.settings;

import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Gives tests that start without {@code Application.main} their settings, from whatever properties
 * they set; a started process has brought its own.
 */
@Configuration(proxyBeanMethods = false)
class SettingsConfiguration {
  @Bean
  @ConditionalOnMissingBean
  Settings settings(ConfigurableEnvironment environment) {
    return new SettingsReader(Surroundings.ofProcess())
        .read(SettingsEnvironment.variables(environment));
  }
}
