package io.aigateway.provider;

import io.aigateway.dialect.ModelDefaults;
import io.aigateway.dialect.ProviderDialect;
import java.util.List;

/**
 * One provider as its YAML file describes it.
 *
 * @param credential the credential's value, or "" when it needs or has none
 * @param configured whether it may be called: its credential is there, or it needs none
 * @param models names that {@code GET /v1/models} lists for it
 */
public record Provider(
    String name,
    ProviderDialect dialect,
    Address address,
    String credential,
    String credentialName,
    boolean configured,
    Timeouts timeouts,
    ModelDefaults defaults,
    List<String> models) {
  public Provider {
    models = List.copyOf(models);
  }

  /** It may change while the gateway runs, where the dialect looks for credentials by itself. */
  @Override
  public boolean configured() {
    return configured && dialect.isReady();
  }

  /** Without the credential. */
  @Override
  public String toString() {
    return "Provider[" + name + " " + dialect.name() + " " + address + "]";
  }
}
