package io.aigateway.settings;

import java.util.List;

/**
 * How was this process told to behave? The whole environment, checked; made once at start by {@link
 * SettingsReader}. Immutable.
 *
 * @param warnings what an operator should know, one line each, without secrets
 */
public record Settings(
    Listen listen,
    Logging logging,
    Routing routing,
    Breakers breakers,
    Shutdown shutdown,
    Access access,
    Limits limits,
    Providers providers,
    SharedState sharedState,
    Storage storage,
    Admin admin,
    Observation observation,
    Identity identity,
    List<String> warnings) {
  public Settings {
    admin.checkReach(listen);
    warnings = List.copyOf(warnings);
  }
}
